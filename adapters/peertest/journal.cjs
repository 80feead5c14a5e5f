'use strict';

const fs = require('node:fs');

// journal is a file of JSON lines. What waits while the disk is busy shares the next
// fsync, so that this is about as fast as keeping things durably can be.
module.exports = function journal(path) {
  const file = fs.openSync(path, 'a');
  let waiting = [];
  let busy = false;
  const flush = () => {
    busy = true;
    const batch = waiting;
    waiting = [];
    const over = (error) => {
      for (const w of batch) error ? w.reject(error) : w.resolve();
      busy = false;
      if (waiting.length > 0) flush();
    };
    fs.write(file, batch.map((w) => w.line).join(''), (error) => {
      if (error) over(error);
      else fs.fdatasync(file, over);
    });
  };
  return {
    keep: (record) => new Promise((resolve, reject) => {
      waiting.push({ line: `${JSON.stringify(record)}\n`, resolve, reject });
      if (!busy) flush();
    }),
  };
};
