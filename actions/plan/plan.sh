#!/usr/bin/env bash
# Plans a fleet, and writes the plan into one comment of the pull request. Everything comes in variables: what somebody else
# names never becomes part of a command.
set -euo pipefail

marker="<!-- patrol-plan $(printf '%s' "$PATROL_FILE" | tr -c 'A-Za-z0-9._/' '_') -->"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

read -ra words <<<"$PATROL_COMMAND"
code=0
"${words[@]}" plan --file "$PATROL_FILE" --markdown >"$folder/plan.md" || code=$?
if [ ! -s "$folder/plan.md" ]; then
  printf '## Patrol: what would change\n\nThe plan failed. The log of this run says why.\n' >"$folder/plan.md"
fi
cat "$folder/plan.md" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"

if [ -n "$PATROL_PULL_REQUEST" ]; then
  { printf '%s\n' "$marker" && cat "$folder/plan.md"; } >"$folder/body.md"
  comments="repos/$GITHUB_REPOSITORY/issues/$PATROL_PULL_REQUEST/comments"
  # Only a comment of an app: whoever writes the marker into a comment of their own gets nothing of it replaced.
  filter=".[] | select(.user.type == \"Bot\" and (.body | startswith(\"$marker\"))) | .id"
  known=$(gh api --paginate "$comments" --jq "$filter" | head -n 1)
  if [ -n "$known" ]; then
    gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$known" --field "body=@$folder/body.md"
  else
    gh api --silent --method POST "$comments" --field "body=@$folder/body.md"
  fi
fi

# 3: changes are pending. 5: somebody has to confirm a subscription. Neither is a failure of the pull request.
case $code in
  3 | 5) exit 0 ;;
  *) exit "$code" ;;
esac
