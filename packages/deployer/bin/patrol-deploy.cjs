#!/usr/bin/env node
'use strict';
require('@patrol/core/supported-node.cjs');
void import('../dist/cli/index.js');
