// A small bot on discord.js, which has no part in how the fake was written.
// peer_test.go acts as the people and looks at what they see.
import {
  Client, Events, GatewayIntentBits, MessageFlags, ModalBuilder, LabelBuilder, TextInputBuilder,
  TextInputStyle, StringSelectMenuBuilder, FileUploadBuilder, ActionRowBuilder, ButtonBuilder,
  ButtonStyle, AttachmentBuilder, EmbedBuilder, GuildScheduledEventEntityType,
  GuildScheduledEventPrivacyLevel,
} from 'discord.js';

const client = new Client({
  intents: [
    GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages,
    GatewayIntentBits.GuildMessageReactions, GatewayIntentBits.GuildScheduledEvents,
  ],
  rest: { api: process.env.FAKE_API, timeout: 5000 },
  allowedMentions: { parse: [] },
});
const tell = (...words) => console.log(words.join(' '));
process.on('unhandledRejection', (e) => { tell('FAILED', e.stack ?? e); process.exit(1); });

client.once(Events.ClientReady, async () => {
  const guild = client.guilds.cache.first();
  await guild.commands.set([
    { name: 'home', description: 'Where you are' },
    {
      name: 'session', description: 'Sessions', options: [{
        type: 1, name: 'schedule', description: 'Plan one', options: [
          { type: 3, name: 'title', description: 'What about', required: true, autocomplete: true },
          { type: 6, name: 'with', description: 'Whom with' },
        ],
      }],
    },
    { type: 3, name: 'Keep as evidence' },
  ]);
  tell('ready', guild.name, guild.channels.cache.size);
});

client.on(Events.InteractionCreate, async (i) => {
  if (i.isAutocomplete()) {
    const typed = i.options.getFocused();
    await i.respond([{ name: `${typed}ening`, value: 'listening' }]);
  } else if (i.isChatInputCommand() && i.commandName === 'session') {
    await i.deferReply({ flags: MessageFlags.Ephemeral });
    const whom = i.options.getMember('with');
    await i.editReply(`${i.options.getSubcommand()} ${i.options.getString('title')} ${whom.displayName}`);
    await i.followUp({ content: 'and more', flags: MessageFlags.Ephemeral });
  } else if (i.isChatInputCommand()) {
    await i.reply({
      content: 'home', embeds: [new EmbedBuilder().setTitle('Week 1')],
      components: [new ActionRowBuilder().addComponents(
        new ButtonBuilder().setCustomId('open').setLabel('Open').setStyle(ButtonStyle.Primary),
        new ButtonBuilder().setCustomId('tick').setLabel('Tick').setStyle(ButtonStyle.Secondary),
      )],
      files: [new AttachmentBuilder(Buffer.from('one two'), { name: 'chart.txt', description: 'a chart' })],
    });
  } else if (i.isButton() && i.customId === 'tick') {
    await i.update({ content: 'ticked', components: [] });
  } else if (i.isButton()) {
    await i.showModal(new ModalBuilder().setCustomId('form').setTitle('A form').addLabelComponents(
      new LabelBuilder().setLabel('Why').setTextInputComponent(new TextInputBuilder().setCustomId('why').setStyle(TextInputStyle.Paragraph)),
      new LabelBuilder().setLabel('Which').setStringSelectMenuComponent(new StringSelectMenuBuilder().setCustomId('which')
        .addOptions({ label: 'One', value: '1' }, { label: 'Two', value: '2' })),
      new LabelBuilder().setLabel('Proof').setFileUploadComponent(new FileUploadBuilder().setCustomId('proof')),
    ));
  } else if (i.isModalSubmit()) {
    const file = i.fields.getUploadedFiles('proof').first();
    const text = await (await fetch(file.url)).text();
    await i.reply(`${i.fields.getTextInputValue('why')} ${i.fields.getStringSelectValues('which')} ${file.name} ${text}`);
  } else if (i.isMessageContextMenuCommand()) {
    const text = i.targetMessage.content; // the event of the thread's start comes without it
    const thread = await i.targetMessage.startThread({ name: 'Evidence', autoArchiveDuration: 1440 });
    await thread.send(`kept: ${text}`);
    const event = await i.guild.scheduledEvents.create({
      name: 'Review', entityType: GuildScheduledEventEntityType.External, privacyLevel: GuildScheduledEventPrivacyLevel.GuildOnly,
      scheduledStartTime: Date.now() + 3600e3, scheduledEndTime: Date.now() + 7200e3, entityMetadata: { location: 'online' },
    });
    const dm = await i.user.createDM();
    await dm.send(`see ${event.name}`);
    await i.reply({ content: 'kept', flags: MessageFlags.Ephemeral });
  }
});

client.on(Events.MessageCreate, async (m) => {
  if (!m.author.bot && m.channel.isDMBased()) await m.reply(`you said ${m.content}`);
});
client.on(Events.ShardResume, (id, replayed) => tell('resumed', replayed));

await client.login(process.env.FAKE_TOKEN);
