// The bot of docs/performance.md on discord.js: to each /reflect it opens a form;
// what is handed in there it keeps durably, and answers. cmd/cohortbot/peers_test.go starts it beside
// the product and gives both the same commands.
//
// With NUDGE naming a file with a list of user ids, it writes to each of them, and
// leaves Discord's limits to the library.
import fs from 'node:fs';
import {
  ActionRowBuilder, ButtonBuilder, ButtonStyle, Client, Events, GatewayIntentBits, LabelBuilder, MessageFlags, ModalBuilder,
  StringSelectMenuBuilder, TextInputBuilder, TextInputStyle,
} from 'discord.js';
import journal from './journal.cjs';

const buttons = (...labels) => new ActionRowBuilder().addComponents(
  labels.map((label, i) => new ButtonBuilder().setCustomId(`b${i}`).setLabel(label).setStyle(ButtonStyle.Secondary)),
);

const client = new Client({
  intents: [GatewayIntentBits.Guilds],
  rest: { api: process.env.FAKE_API },
  allowedMentions: { parse: [] },
});
const kept = journal(process.env.JOURNAL);

const form = new ModalBuilder().setCustomId('answer').setTitle('Week 1').addLabelComponents(
  new LabelBuilder().setLabel('Your answer').setTextInputComponent(new TextInputBuilder().setCustomId('text').setStyle(TextInputStyle.Paragraph)),
  new LabelBuilder().setLabel('Who may read it').setStringSelectMenuComponent(new StringSelectMenuBuilder().setCustomId('sees')
    .addOptions({ label: 'Everyone in this group', value: 'cohort' }, { label: 'Only me', value: 'me', default: true })),
);

client.on(Events.InteractionCreate, async (i) => {
  if (i.isChatInputCommand()) await i.showModal(form);
  if (!i.isModalSubmit()) return;
  const [sees] = i.fields.getStringSelectValues('sees');
  await kept.keep({ id: i.id, person: i.user.id, at: new Date(), sees, text: i.fields.getTextInputValue('text') });
  await i.reply({
    content: 'Kept as your answer to **Week 1**. Only you can read it. You can change it whenever you like.',
    components: [buttons('Change', 'Share with the group', 'Delete')],
    flags: MessageFlags.Ephemeral,
  });
});
client.on(Events.Error, (e) => console.error(e));
process.on('unhandledRejection', (e) => console.error(e)); // an answer that came too late ends no other

client.once(Events.ClientReady, async () => {
  await client.guilds.cache.first().commands.set([{ name: 'reflect', description: 'Answer this week\'s question' }]);
  if (!process.env.NUDGE) return;
  for (const id of JSON.parse(fs.readFileSync(process.env.NUDGE, 'utf8'))) {
    const dm = await client.users.createDM(id);
    await dm.send({
      content: 'This week\'s question is still open, if you feel like it. It takes about five minutes.\n-# You can also just write your answer here.',
      components: [buttons('Answer', 'Not this week', 'Fewer reminders')],
    });
  }
});

await client.login(process.env.FAKE_TOKEN);
