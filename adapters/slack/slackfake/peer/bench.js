// The bot of docs/performance.md on @slack/bolt: of each /reflect it reads what was
// typed, keeps it durably, and answers. cmd/cohortbot/peers_test.go starts it beside
// the product and gives both the same commands.
//
// With NUDGE naming a file with a list of user ids, it writes to each of them, and
// leaves Slack's limits to the SDK.
'use strict';

const fs = require('node:fs');
const { App, LogLevel } = require('@slack/bolt');
const journal = require('./journal.cjs');

const read = (text) => Object.fromEntries([...text.matchAll(/(\w+):(?:"([^"]*)"|(\S+))/g)].map((m) => [m[1], m[2] ?? m[3]]));

const words = (text) => ({ type: 'section', text: { type: 'mrkdwn', text } });
const note = (text) => ({ type: 'context', elements: [{ type: 'mrkdwn', text }] });
const buttons = (...labels) => ({
  type: 'actions',
  elements: labels.map((label, i) => ({ type: 'button', action_id: `b${i}`, value: label, text: { type: 'plain_text', text: label } })),
});

const app = new App({
  token: process.env.SLACK_BOT_TOKEN,
  appToken: process.env.SLACK_APP_TOKEN,
  socketMode: true,
  logLevel: LogLevel.ERROR,
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL },
});
const kept = journal(process.env.JOURNAL);

app.command('/reflect', async ({ command, ack, respond }) => {
  const given = read(command.text);
  await kept.keep({ id: command.trigger_id, person: command.user_id, at: new Date(), sees: given.sees, text: given.text });
  const reply = {
    response_type: 'ephemeral',
    text: 'Kept as your answer to Week 1.',
    blocks: [words('Kept as your answer to *Week 1*.'), note('Only you can read it. You can change it whenever you like.'), buttons('Change', 'Share with the group', 'Delete')],
  };
  if (process.env.ANSWER === 'ack') {
    await ack(reply);
    return;
  }
  await ack();
  await respond(reply);
});

(async () => {
  await app.start();
  if (!process.env.NUDGE) return;
  for (const channel of JSON.parse(fs.readFileSync(process.env.NUDGE, 'utf8'))) {
    const text = 'This week\'s question is still open, if you feel like it. It takes about five minutes.';
    await app.client.chat.postMessage({
      channel, text,
      blocks: [words(text), note('You can also just write your answer here.'), buttons('Answer', 'Not this week', 'Fewer reminders')],
    });
  }
})();
