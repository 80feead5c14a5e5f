package main

import (
	"context"
	"fmt"

	"cohortbot/bot/chat"
)

// This file is what the made-up people of a rehearsal say. Nobody said it.

// talk is what is said to one question, and what the facilitator makes of it.
type talk struct {
	answers []string
	thread  string
}

// talks are by the title of the week, for the community builder; what is said to any
// other question is in smallTalk.
var talks = map[string]talk{
	"A place where you count": {[]string{
		"They keep my mug. It is ugly and nobody else may use it.",
		"When I was ill, somebody brought back my library books without being asked.",
		"They tell me off when I am late. A place where nobody minds is not mine.",
		"In the team chat somebody always asks, and then waits for the answer.",
		"I have a key. I never use it, but I have one.",
		"They know which songs I can't sing and start one that I can.",
		"Nobody explains the jokes to me any more.",
		"Somebody asked where I had been, and nobody asked why.",
		"My name is on the list for the dishes. I was proud of it.",
		"The dog knows my step.",
		"They changed the evening so that I could come.",
	}, "a mug, a key, being told off: you count where somebody has made room for you and would notice."},
	"Your own star": {[]string{
		"I nearly left out that I can sit with people who are sad. It does not feel like a skill.",
		"The Friday hour. I thought everyone had one.",
		"My aunt, who knows everybody. I drew her at the top and then moved her to the middle.",
		"That I can drive a van.",
		"I left out patience, because I lost it on the way here.",
		"Two languages, and a third one badly, which helps more than the other two.",
		"A big table. We have been sitting around it for years and I never counted it.",
		"I know who to ring at the council, and he picks up.",
		"The habit of staying to put the chairs away. That is when people talk.",
		"I left out that people tell me things. I had thought it happens to everyone.",
	}, "what we nearly left out is what others come to us for."},
	"At the edge": {[]string{
		"Everyone was kind, and nobody stopped talking to say who was who.",
		"The stairs. We had never counted them.",
		"She had been before, years ago, and it had ended badly. We did not know.",
		"We say 'everyone is welcome' on the door, in one language.",
		"He would have had to leave in the middle for his shift. Nobody leaves in the middle.",
		"I think it was the way we all knew where to sit.",
		"She asked what it costs. Nobody knew, so she thought it costs a lot.",
		"He came twice. The third time there was no coffee left, and I think he took it as a sign.",
		"We spoke about people he had never met, for an hour.",
		"I never asked. That may be the answer.",
	}, "nobody meant to keep anyone out, and the stairs were there all the same."},
	"A star for a community": {[]string{
		"Long at meeting, short at deciding. We meet so that we need not decide.",
		"The story is the longest point. People who came last year can't see over it.",
		"I showed it to my neighbour. She made 'welcome' shorter and was right.",
		"Trust is long in the kitchen and short in the office, so I drew two.",
		"It has a point that is one person. That frightened me.",
		"Everyone I asked drew 'fun' longer than I had. I must be the one with the keys.",
		"Two points are the same thing, once for us and once for the newcomers.",
		"We are good at beginning. There is no point for ending, so I added one.",
		"It looks like a fish. We have decided to keep the fish.",
		"The kitchen makes all the other points longer, and nobody had put it on.",
	}, "a shape is a way of asking. The ones who showed theirs got a better one back."},
	"The second person": {[]string{
		"It was easy because she had written down what the second person could do.",
		"I was late, so I was the second. I never meant to be.",
		"Hard: the first one was so good at it. Nothing seemed to be left.",
		"He asked me for something small, and then it was ours.",
		"I waited for a third. That was a mistake.",
		"Easy: there was a list with an empty line on it.",
		"I asked whether she needed help, and she said no, and I stayed. That was all.",
		"Hard, because it was already his. He had to go on holiday first.",
		"My daughter joined in before I did. Then it was easy.",
		"What made it easy was that it looked unfinished.",
	}, "whoever begins can leave a space of the size of one person."},
	"One day, very small": {[]string{
		"I shall begin with a question and not with the minutes. I expect a silence.",
		"I'll walk to the shop the long way and say hello to whoever is out.",
		"I'll ask the newest one to pour the tea. I expect she will mind. We'll see.",
		"I am going to stop finishing people's sentences, for one day.",
		"It went differently: I forgot, then did it at the end, and it worked better there.",
		"I shall sit down before everyone else does, for once. I expect to feel late.",
		"I'll ask 'what else?' one more time than is polite.",
		"I'll leave the door open while we set up. I expect a draught and perhaps a person.",
		"Today I say the names at the start, slowly. I expect to get two of them wrong.",
		"I will not bring the biscuits. I want to see who does.",
	}, "one day was enough for most of you to find out that the fear was bigger than the thing."},
	"A hunch": {[]string{
		"I have a hunch that if I come early, people tell me what they came for.",
		"If the question goes round, then the quiet ones speak.",
		"If I learn one name a day, one of them comes in.",
		"If we stop ten minutes early, the real meeting begins.",
		"If I ask for something small, somebody offers something big.",
		"I have a hunch that if I say what I don't know, others will, too.",
		"If the newest person holds the key for a day, they stay.",
		"If I walk there instead of driving, I am stopped three times.",
		"I have a hunch that if nobody chairs, it takes as long and is twice as kind.",
		"If we write the invitation by hand, people answer it.",
	}, "every one of these could be wrong, and none of them costs anything."},
	"Five days": {[]string{
		"First day: two people were early, too. We talked about the bus.",
		"It has not come yet. The hall was shut, and I was glad, which I noted.",
		"Everyone passed. I counted it as something.",
		"I asked for a ladder. It came with a man.",
		"Nothing, and I nearly did not write it down.",
		"What keeps it from coming is that I told everyone. Now they watch me.",
		"On the first day I did it to the wrong person, and it worked.",
		"The rain kept it from coming. I put it off to Thursday, which is allowed.",
		"Somebody asked me to do it again tomorrow.",
		"It took one minute, and I thought about it for the whole way home.",
	}, "“nothing” is on the list as often as anything else, and two of you learned most from it."},
	"What you notice": {[]string{
		"That she looks at the door before she speaks. A month ago I'd have thought she wanted to go.",
		"Nobody thanked anybody. I think they are past it.",
		"Somebody left a chair out, on purpose, for whoever is late.",
		"He asked what I was doing. I said, an experiment. He said, on us? We both laughed.",
		"The quiet one fills the glasses. He does it when it gets tense.",
		"That people look at me when there is a silence. I'd like them to look at each other.",
		"She left her coat on until somebody asked her something.",
		"They say 'we' on good days and 'you' on the others.",
		"Nobody sat in the front. I moved my own chair back, and it was better.",
		"He stayed to the end and said that he had nothing to say. He stayed, though.",
	}, "you see doors, chairs and thanks that were always there."},
	"What surprised you": {[]string{
		"That they would ask for the round when I forgot it.",
		"How little I had to do.",
		"That it worked on me and not on them.",
		"That I stopped on day three and did not feel bad.",
		"Somebody had noticed all along and was waiting to see what I'd say about it.",
		"That I would miss it when it was over.",
		"I had not seen that the problem was the clock on the wall.",
		"The one I did it for didn't notice. The one beside her did.",
		"That nothing happened, and that I told people so, and that they told me theirs.",
		"I did not see coming that my own mother would join.",
	}, "nearly all the surprises were people doing it without us."},
	"The story": {[]string{
		"Mine has no end yet. I told it to my sister, and she asked the question I should have begun with.",
		"I told it at the bus stop, as you said. The bus came too early.",
		"It became a story about the kettle.",
		"I told it to the friend it is about. She corrected the ending.",
		"Mine is short: I asked, they said yes. I had waited two years to ask.",
		"I have told mine to a facilitator. It is not only mine to tell.",
		"The bus was late, so I could finish it.",
		"I left out the part where I was brave, and then put it back.",
		"Mine ends with a question, which my friend answered.",
		"I tried to tell it without the word 'community', and it grew better.",
	}, "told aloud, the stories grew shorter and better."},
	"What you leave": {[]string{
		"A question: who is not here?",
		"A warning: do not start in December.",
		"The star, drawn large, with all our names rubbed out.",
		"A short cut: ask the caretaker.",
		"An empty page with 'write here' on it. I'd have liked one.",
		"A warning: the first evening is not like the others. Come to the second.",
		"A drawing of the room with the warm place marked.",
		"A question for the bad days: who was kind to you today, and did you say so?",
		"My phone number, on paper, with the hours when I am nice.",
		"A short cut: say no to the first date that anyone suggests.",
	}, "somebody will sit where you sat, and find a chair left out for them."},
}

// smallTalk is said to whatever else is asked.
var smallTalk = talk{[]string{
	"Two neighbours fixed the fence together, and nobody had asked them.",
	"I listened longer than I usually do. The quiet ones began to talk.",
	"We sat in a circle this time, and it changed who spoke first.",
	"It did not go as I had planned. I think the room was too small for it.",
	"Somebody brought bread, and suddenly we had a meeting.",
	"I asked one question and then waited. That was hard, and worth it.",
	"The oldest member told us how the hall was built. Everyone stayed.",
	"I noticed that I answer too fast when I am nervous.",
	"We decided together, with thumbs, in two minutes.",
	"A disagreement, and a good one: we wrote both sides on the wall.",
	"I had nothing to say, and then it took me an hour to write this.",
}, "small things, done together."}

// venture is an experiment that somebody tries.
type venture struct {
	hunch, with, try, know string
	days                   []string // what happens, a day each; empty is nothing
	surprise, story        string
}

var ventures = []venture{
	{
		hunch: "If I arrive ten minutes early, I hear what people really came with.",
		with:  "the Tuesday cooks", try: "Be there at ten to, put the kettle on, ask nothing.",
		know:     "Somebody tells me something that is not on the agenda.",
		days:     []string{"Two people were early as well. We talked about the bus.", "", "Somebody told me why she nearly did not come.", "The kettle broke. Three people fixed it.", "They were there before me."},
		surprise: "It was not me who listened. They listened to each other.",
		story:    "I wanted to hear what people came with, so I came early and put the kettle on. On the third day somebody told me why she had nearly stayed away. On the last day they were all there before me. I still don't know what was on the agenda.",
	},
	{
		hunch: "If the question goes round the table, the quiet ones will say something.",
		with:  "our Thursday group", try: "One round without answers in between, every meeting.",
		know:     "I hear a voice that I have not heard this month.",
		days:     []string{"Everyone passed but one.", "One passed, and said why.", "A very good idea came from the end of the table.", "We forgot the round. Somebody asked for it."},
		surprise: "That somebody else asked for the round when I forgot it.",
		story:    "I made us go round the table. The first time everyone passed. The third time the best idea came from the end of it. When I forgot, they asked for it. I think it is theirs now.",
	},
	{
		hunch: "If I say good morning to the people at the gate by name, one of them comes in.",
		with:  "parents at the gate", try: "Learn one name a day and use it the next.",
		know:     "Somebody comes in who has not been in.",
		days:     []string{"One name. I had it wrong.", "The right name, and a laugh.", "She used mine."},
		surprise: "How much it mattered that I had got it wrong and asked again.",
		story:    "I learned names at the gate. I got the first one wrong, and asked again, and that was the moment. Nobody has come in yet. She uses my name now.",
	},
	{
		hunch: "If the meeting ends ten minutes early, people stay longer.",
		with:  "the committee", try: "End at ten to, and put the chairs away last.",
		know:     "There is talk that goes on after the end.",
		days:     []string{"Two stayed.", "Everyone stayed, and one of them stacked chairs slowly.", "", "We decided more after the end than before it."},
		surprise: "That we decide standing up.",
		story:    "I ended our meetings ten minutes early to see whether people would stay. They did, and we decided more standing up than sitting down. I stopped after four days, because I had my answer.",
	},
	{
		hunch: "If I ask for help with something small, somebody offers something big.",
		with:  "my street", try: "Ask one neighbour a day for something small.",
		know:     "An offer that I did not ask for.",
		days:     []string{"Borrowed a ladder.", "Nobody was home.", "The ladder came with its owner, for an hour.", "", "An offer to look after the hall's key."},
		surprise: "That people had been waiting to be asked.",
		story:    "I asked my street for small things. A ladder came with its owner. On the last day somebody offered to keep the key of the hall, which we have been arguing about for a year. They had been waiting to be asked.",
	},
	{
		hunch: "If I write down what was decided, while we decide it, we decide less and do more.",
		with:  "the festival team", try: "One sheet on the wall, one line a decision.",
		know:     "Somebody points at the sheet.",
		days:     []string{"Four lines.", "One line. It took an hour.", "Somebody crossed out a line of last week, and was right.", "Two lines, and a drawing."},
		surprise: "That crossing out felt like work.",
		story:    "I hung up a sheet and wrote down whatever we decided. It was a lot, and then less. In the second week somebody crossed a line out, and nobody minded. The sheet is still there. I am not the one who writes on it.",
	},
	{
		hunch: "If I sit at the other end, other people talk to me.",
		with:  "lunch at the centre", try: "Another chair every day.",
		know:     "I learn a name.",
		days:     []string{"Nobody spoke. I ate.", "A name.", "", "Two names and a recipe.", "Somebody had kept my old chair free."},
		surprise: "That they had kept my old chair free.",
		story:    "I sat somewhere else every day. I learned three names and a recipe for lentils. On Friday my old chair was still free, and I found out that they had kept it. So now I have two places.",
	},
	{
		hunch: "If I leave a mistake in, somebody joins in to mend it.",
		with:  "readers of our newsletter", try: "One small mistake, on purpose, in each of five notices.",
		know:     "Somebody writes who never wrote.",
		days:     []string{"Three people wrote.", "One, very politely.", "Nobody. I had made another mistake and missed it."},
		surprise: "That the mistake which I had not planned brought the most letters.",
		story:    "I left mistakes in our notices so that people would write. They did. The best letter came for a mistake that I had not meant. I stopped after three days, because it began to feel like a trick.",
	},
	{
		hunch: "If I say what I don't know, others will, too.",
		with:  "the parents' evening", try: "Say one thing a day that I don't know, before anyone asks.",
		know:     "Somebody else says that they don't know.",
		days:     []string{"I said it. There was a long look.", "The teacher said that she doesn't know, either.", "", "Three of us did not know, and one did.", "It has become a way of beginning."},
		surprise: "How much faster we found who does know.",
		story:    "I began to say what I don't know. At first it was quiet. Then the teacher said that she didn't know, either, and by Friday it had become the way we begin. Somebody always does know. We had just never asked in that order.",
	},
	{
		hunch: "If nobody chairs, it takes as long and is kinder.",
		with:  "the flat's Wednesday meeting", try: "Leave the chair's place empty and see who talks to whom.",
		know:     "We end on time, and nobody has been interrupted.",
		days:     []string{"We ended on time. I counted two interruptions, both mine.", "Longer, and kinder.", "Somebody asked who is in charge. Nobody answered, and it went on."},
		surprise: "That I was the one who interrupts.",
		story:    "We left the chair's place empty. I meant to find out whether it would be kinder, and found out that I was the one who interrupts. It took no longer than before. I stopped after three meetings, and the place has stayed empty.",
	},
	{
		hunch: "If the newest person keeps the key for a day, they stay.",
		with:  "the repair café", try: "Hand the key to whoever came last.",
		know:     "They come back without being asked.",
		days:     []string{"He took it as if it were an egg.", "He opened early.", "", "He asked who gets it next."},
		surprise: "That he wanted to hand it on.",
		story:    "I gave the key of the repair café to whoever had come last. He carried it like an egg, and opened early. On the fourth day he asked who gets it next. We have a list now, and it is the newest ones who keep it.",
	},
	{
		hunch: "If we write the invitation by hand, people answer it.",
		with:  "the people on the second floor", try: "Five cards by hand, one a day, under five doors.",
		know:     "An answer, of any kind.",
		days:     []string{"No answer.", "A card came back, by hand.", "", "She knocked.", "Two at the table who had never been."},
		surprise: "That the answers were by hand, too.",
		story:    "I wrote five cards and put one under a door each day. The first stayed silent. The second was answered, by hand. On the fourth day somebody knocked. There were two new people at the table on Friday, and they had brought the cards.",
	},
}

// starWords is what is said of a star.
var starWords = []string{
	"Longer at trust than I thought. I nearly left out time.",
	"It is not round at all, and that is all right.",
	"The people in it would draw another, I think. I shall ask them.",
	"There is one short point, and everything that goes wrong goes wrong there.",
	"I drew it twice. The second time I was kinder.",
	"Three points grew since I began to look at them.",
	"I don't know who would hold it up if I were away. That is worth a talk.",
	"It leans to one side. So do I.",
	"Welcome is long, and asking is short. We wait until people come by themselves.",
	"I'd have drawn a circle last year. It was never one.",
	"Smaller than I feared and friendlier than I said.",
	"The shortest point is the one I talk about most.",
}

// farCome is how far a goal has come, for somebody.
var farCome = []string{
	"Two people have my number now, and I have theirs.",
	"Not far on my street. I put a note on the door.",
	"I was the one who needed somebody, it turned out.",
	"Further than the words say.",
	"We have begun to knock.",
	"It is easier to offer than to ask. I am working on asking.",
}

var giftsGiven = []struct{ kind, text string }{
	{"advice", "Begin smaller than you think. Then halve it."},
	{"advice", "Answer before you read the others. Then read them all."},
	{"tool", "One round without answers in between: everyone speaks, nobody replies until the end."},
	{"mentor", "I'd gladly walk alongside somebody's experiment. Fridays are good; write to me here."},
	{"story", "In week three I nearly left. Somebody wrote to me. I am glad they did."},
	{"attest", "If I have seen you bring people together, I'll say what I saw."},
	{"advice", "Go to the second evening, too. The first is never like the others."},
	{"tool", "An empty line on every list. Somebody will write their name there."},
	{"advice", "When nobody says anything, count to ten. Then count again."},
	{"mentor", "I know the hall, the caretaker and the heating. Ask me before you book."},
	{"advice", "Hand over the key early."},
	{"story", "My experiment stopped on the third day. It is the one I learned from."},
}

// practiceTold is how practising went.
var practiceTold = []string{
	"I opened the meeting with silence instead of the minutes. It was long. Then somebody said thank you.",
	"I asked the newest person to begin. She did, and the others followed her.",
	"I walked past the office and into the kitchen. All that I needed to know was in the kitchen.",
	"I left the door open while we set up. Two people looked in, and one of them stayed.",
	"I didn't finish anyone's sentence today. One of them ended quite differently from what I'd have said.",
	"I asked 'what else?' once more than is polite. That was where it began.",
	"I sat down first, felt late, and heard what they say before it begins.",
	"I forgot, and did it on the way home with the bus driver. It counts.",
	"I moved two chairs, and nobody had to shout.",
	"I said everybody's name at the start. I had two of them wrong, and we began with a laugh.",
}

// verdictWords is what people add to keep, change or drop.
var verdictWords = []string{
	"Two weeks for this, please.",
	"The question is good. The week was too full for it.",
	"Let somebody of the group open it.",
	"It came when half of us were away.",
	"I did it twice, and the second time helped.",
	"Shorter. One question is enough.",
	"I'd have liked this earlier.",
	"Say at the start that stopping counts. I only found out halfway.",
}

// stageWords is what people say before, in and after a session.
var stageWords = []string{
	"That the two who always wash up get to sit. Somebody from the night shift should be there.",
	"Mine. I was waiting to be asked.",
	"We were best when we walked. Next time the chairs stay inside.",
	"One sentence each that we can use on Monday.",
	"The people who came by bus. They left at half past.",
	"We learned that we begin late and end well. Let's begin with tea.",
	"Who will go on with this when we are done?",
	"The one who is always asked to take the notes.",
	"That we like each other. I'd say it sooner.",
}

// notesTaken is what the facilitator writes down after the sessions, one after the
// other, and what is asked of whoever catches up.
var notesTaken = []struct{ text, question string }{
	{"We went round once. Most of us came with the same question: is what I do enough? We did not answer it. We agreed to bring one small thing each that worked.", "What would you have brought?"},
	{"Nine dishes and one pot of tea. Nobody gave a speech. The longest talk was about who washes up, which turned out to be about who feels at home.", "Where do you wash up without being asked?"},
	{"Two and two along the river, changing at each bridge. What came up most: starting is easy, being joined is not.", "Who joined you, once?"},
	{"Rain, so we stood under the roof of the bandstand. We told the moment we nearly stopped, and what we did instead.", "When did you nearly stop?"},
	{"The last walk. Each of us said one thing that they now do without thinking about it.", "What do you now do without thinking?"},
}

// wondered is put on agendas.
var wondered = []string{
	"What do we do when nobody comes?",
	"Who opens the door in winter?",
	"How do we tell people that it is over?",
}

// caughtUp is what people answer who read the notes of a session.
var caughtUp = []string{
	"I would have said: start with who is in the room.",
	"My neighbour, who never signs up for anything.",
	"I nearly stopped on the second day. Somebody waved.",
	"I leave the door open now.",
}

// walked is what a companion writes, one after the other.
var walked = []string{
	"I read along. Tell me how the third day goes, if you like.",
	"Halfway, whichever way it went. I thought of you on the way to work.",
	"That was a lot, for five minutes. Tea?",
}

// responses are said to somebody who wrote something; the verb is their name.
var responses = []string{
	"%s, that stayed with me.",
	"We have the very same, %s, and nobody says it aloud.",
	"%s, may I borrow that?",
	"I read that twice, %s.",
	"%s, I hadn't looked at it that way.",
	"I'd have said the opposite, %s, and now I am not sure.",
	"Tell me more when we meet, %s?",
	"%s, I laughed, and then I thought about it for the rest of the day.",
	"Thank you, %s. I needed to read that today.",
	"%s, I told that to somebody at work. They want to meet you.",
	"Now I know what to look for on Thursday, %s.",
	"%s, I nearly wrote the same, and didn't dare.",
	"That is the sentence I shall take away from this week, %s.",
	"%s, I don't quite see it yet. Would you say it another way?",
	"I was there once, too, %s. It took me longer to see it.",
	"%s, that is smaller than what I wrote, and better.",
	"Same here, %s, on the other side of town.",
	"%s, I'd never have noticed. Who showed you?",
	"I keep coming back to what you wrote, %s.",
	"%s, I wish somebody had told me that ten years ago.",
	"My neighbour says exactly that, %s. I thought it was only her.",
	"%s, what you left out interests me, too.",
	"That made me ring somebody, %s.",
	"%s, I'd like to see that. May I come along?",
}

// respond has somebody respond to what a member just wrote, now and then: the
// facilitator, or another member.
func (r *rehearsal) respond(to *player, place chat.Place) {
	dice, text := r.chance.IntN(10), r.response(to.Name)
	by := r.cast[r.chance.IntN(len(r.cast))]
	if dice > 4 || by == to || !by.joined || by.onLeave.Has(r.today()) {
		return
	}
	who := by.Profile
	if dice == 0 {
		who = r.facilitator
	}
	r.at(r.soon(20), func(ctx context.Context) error { return r.say(ctx, who, place, text) })
}

// response gives something to say to somebody, which nobody has said for a while.
func (r *rehearsal) response(name string) string {
	var text string
	for range responses {
		text = fmt.Sprintf(responses[(r.responded+int(r.seed%100))%len(responses)], name)
		r.responded += 7
		if !r.used[text] {
			break
		}
	}
	r.used[text] = true
	return text
}

// something gives what nobody has said yet to the question that is open. Empty is
// nothing: then they are silent.
func (r *rehearsal) something(about string) string {
	all := smallTalk.answers
	if t, ok := talks[about]; ok {
		all = t.answers
	}
	first := r.chance.IntN(len(all))
	for i := range all {
		if text := all[(first+i)%len(all)]; !r.used[text] {
			r.used[text] = true
			return text
		}
	}
	if _, ok := talks[about]; ok {
		return ""
	}
	clear(r.used) // a long programme comes back to what was said
	return all[first]
}

// threadOf gives what the facilitator makes of a week.
func threadOf(about string) string {
	if t, ok := talks[about]; ok {
		return t.thread
	}
	return smallTalk.thread
}
