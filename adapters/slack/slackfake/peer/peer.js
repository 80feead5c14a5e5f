// A bot on @slack/bolt, as its documentation would write one. The Go test in
// bolt_test.go starts it, acts as the people around it, and reads the lines that
// it prints: one JSON object for each thing that it heard.
'use strict';

const { App } = require('@slack/bolt');

const heard = (what, more) => console.log(JSON.stringify({ what, ...more }));

const app = new App({
  token: process.env.SLACK_BOT_TOKEN,
  appToken: process.env.SLACK_APP_TOKEN,
  socketMode: true,
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL },
});

const modal = (title, metadata) => ({
  type: 'modal',
  callback_id: 'plan',
  private_metadata: metadata,
  title: { type: 'plain_text', text: title },
  submit: { type: 'plain_text', text: 'Save' },
  blocks: [
    {
      type: 'input',
      block_id: 'why',
      label: { type: 'plain_text', text: 'Why now?' },
      element: { type: 'plain_text_input', action_id: 'words' },
    },
  ],
});

app.command('/plan', async ({ command, ack, client, respond }) => {
  if (command.text === 'form') {
    await ack();
    await client.views.open({ trigger_id: command.trigger_id, view: modal('Plan it', command.channel_id) });
    return;
  }
  await ack(`on it: ${command.text}`);
  await client.chat.postMessage({
    channel: command.channel_id,
    text: `planned ${command.text}`,
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: `planned *${command.text}*` } },
      { type: 'actions', elements: [{ type: 'button', action_id: 'keep', value: 'w4', text: { type: 'plain_text', text: 'Keep it' } }] },
    ],
    metadata: { event_type: 'said', event_payload: { key: 'k1' } },
  });
  await respond({ text: 'done', response_type: 'ephemeral' });
});

app.view('plan', async ({ ack, view, client }) => {
  const words = view.state.values.why.words.value;
  if (words.length < 10) {
    await ack({ response_action: 'errors', errors: { why: 'Say a little more.' } });
    return;
  }
  if (words.includes('again')) {
    await ack({ response_action: 'update', view: modal('Once more', view.private_metadata) });
    return;
  }
  await ack();
  await client.chat.postMessage({ channel: view.private_metadata, text: `because ${words}` });
});

app.action('keep', async ({ ack, action, respond }) => {
  await ack();
  heard('button', { value: action.value });
  await respond({ text: 'kept', replace_original: true });
});

app.shortcut('keep', async ({ ack, shortcut, client }) => {
  await ack();
  heard('shortcut', { text: shortcut.message.text });
  await client.views.open({ trigger_id: shortcut.trigger_id, view: modal('Keep', shortcut.channel.id) });
});

app.message(async ({ message, client }) => {
  heard('message', { text: message.text, subtype: message.subtype, thread: message.thread_ts, type: message.channel_type });
  if (message.text === 'read back') {
    const history = await client.conversations.history({ channel: message.channel, include_all_metadata: true, limit: 5 });
    heard('history', { messages: history.messages.map((m) => ({ text: m.text, key: m.metadata?.event_payload?.key })) });
  }
});

app.event('message', async ({ event }) => {
  if (event.subtype === 'message_changed' || event.subtype === 'message_deleted') heard(event.subtype);
});

app.event('app_mention', async ({ event }) => heard('mention', { text: event.text }));
app.event('member_joined_channel', async ({ event }) => heard('joined', { user: event.user }));

app.event('app_home_opened', async ({ event, client }) => {
  await client.views.publish({
    user_id: event.user,
    view: { type: 'home', blocks: [{ type: 'header', text: { type: 'plain_text', text: 'Your week' } }] },
  });
  const { user } = await client.users.info({ user: event.user, include_locale: true });
  heard('home', { zone: user.tz, locale: user.locale });
});

app.error(async (error) => heard('error', { message: String(error.message) }));

(async () => {
  await app.start();
  heard('started');
  process.stdin.on('end', () => app.stop().then(() => process.exit(0)));
  process.stdin.resume();
})();
