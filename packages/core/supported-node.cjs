/*
 * Required first by every command of Patrol, before anything is imported: a Node that the packages do not support ends
 * with one sentence, and not with a stack trace out of code that it cannot read. Written for the oldest Node there is.
 */
'use strict';

var engines = require('./package.json').engines.node;

/* `^22.21.0 || >=26.0.0` as [{ newer: false, parts: [22, 21, 0] }, { newer: true, parts: [26, 0, 0] }] */
var ranges = engines.split('||').map(function (range) {
  return { newer: range.indexOf('>=') !== -1, parts: numbers(range) };
});

function numbers(text) {
  return text.match(/\d+/g).slice(0, 3).map(Number);
}

function compare(a, b) {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

function allows(range, version) {
  return compare(version, range.parts) >= 0 && (range.newer || version[0] === range.parts[0]);
}

/* 22.21+ for ^22.21.0, 26+ for >=26.0.0 */
function words(range) {
  return range.parts.join('.').replace(/(\.0)+$/, '') + '+';
}

var isSupported = ranges.some(function (range) {
  return allows(range, numbers(process.versions.node));
});

if (!isSupported) {
  var needed = ranges
    .map(words)
    .join(', ')
    .replace(/, (?!.*, )/, ' or ');
  var found = process.versions.node + ' (' + process.execPath + ')';
  var advice = 'Install a supported version from https://nodejs.org, or put it first in your PATH.';
  process.stderr.write(
    'Patrol needs Node.js ' + needed + ', but this is Node.js ' + found + '. ' + advice + '\n',
  );
  process.exit(1);
}
