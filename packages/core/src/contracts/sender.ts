/** Who sends the deliveries of a webhook, in `rules.json`. */
import * as v from 'valibot';
import type { Sender, Spot } from '../sender.ts';
import { form, line, object, record, together, whole } from './schema.ts';

const header = (description: string) =>
  form(/^[\w-]{1,100}$/, 'the name of an HTTP header', description);

const field = (description: string) =>
  v.pipe(v.array(line('A name.')), v.minLength(1), v.description(description));

const spot = v.union([
  object({ header: header('The header that says it.') }),
  object({ field: field('The names on the way to the field of the payload that says it.') }),
]) as v.GenericSchema<unknown, Spot>;

const timed = '{timestamp}';

/** Who sends the deliveries of a webhook. */
export const senderSchema: v.GenericSchema<unknown, Sender> = v.pipe(
  object({
    name: line('Its name in sentences.'),
    signature: v.pipe(
      object({
        header: header('The header with the signature.'),
        prefix: v.pipe(v.string(), v.description('What stands before the signature.')),
        algorithm: v.pipe(
          v.picklist(['sha1', 'sha256', 'sha384', 'sha512']),
          v.description('The hash of the HMAC.'),
        ),
        encoding: v.pipe(v.picklist(['hex', 'base64']), v.description('How the HMAC is written.')),
        signs: form(
          /\{body\}/,
          'a text with {body}',
          'What is signed: {body} stands for the body, {timestamp} for the time.',
        ),
      }),
      v.description('The HMAC that proves who sent a request.'),
    ),
    timestamp: v.exactOptional(
      v.pipe(
        object({
          header: header('The header with the time of sending, in seconds since 1970.'),
          within: whole(1, 3600, 'How many seconds it may be off.'),
        }),
        v.description('When a request was sent. One whose time is too far off is refused.'),
      ),
    ),
    event: v.exactOptional(
      v.pipe(v.array(spot), v.minLength(1), v.description('Where the name of the event stands.')),
    ),
    id: v.exactOptional(v.pipe(spot, v.description('Where the id of a delivery stands.'))),
    actor: v.exactOptional(v.pipe(spot, v.description('Where whoever acted is named.'))),
    form: v.exactOptional(line('The field of a form that may have the payload.')),
    handshake: v.exactOptional(
      v.pipe(
        object({
          event: line('The event by which the sender tries the endpoint.'),
          echo: v.exactOptional(line('The field of its payload that the answer gives back.')),
        }),
        v.description('How the sender tries the endpoint.'),
      ),
    ),
    marks: v.pipe(
      record(header('A header.'), v.string()),
      v.description("What shows a request to be meant as the sender's."),
    ),
    waits: v.exactOptional(
      whole(1, 60, 'The seconds after which it takes a delivery for failed; 10 when left out.'),
    ),
    ownSecret: v.exactOptional(
      v.pipe(v.boolean(), v.description('Whether the sender makes the secret.')),
    ),
  }),
  together(({ signature: { signs }, timestamp }) =>
    signs.includes(timed) === (timestamp !== undefined)
      ? []
      : [
          [
            'timestamp',
            `expected it with {timestamp} in signature.signs, and neither of them without the other: a time that is not signed proves nothing`,
          ],
        ],
  ),
  v.description('Who sends the deliveries: GitHub when left out.'),
);
