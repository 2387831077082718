#!/usr/bin/env node
// `pnpm add @patrol/rules-aws` is all that it takes: the command comes with the rules.
'use strict';
require('@patrol/deployer/bin/patrol-deploy.cjs');
