package main

import (
	"fmt"
	"time"

	"cohortbot/adapters/web"
	"cohortbot/bot/chat"
)

// This file is what the group in which the demonstration opens has lived through:
// seven weeks, and the first days of the eighth.

func private(id string) chat.Place { return chat.Direct(chat.User{Workspace: web.Name, ID: id}) }

// explorersIn gives a time of day in a week of theirs, some days after its Monday.
func (p *play) explorersIn(week, days, hour, minute int) time.Time {
	return p.monday(-7*(demoWeek-week)+days, hour, minute)
}

func (p *play) explorers() {
	p.firstWeeks()
	p.meet()
	p.findGoals()
	p.drawStars()
	p.directory()
	p.tryOut()
	p.think()
	p.lookTogether()
	p.thisWeek()
}

// firstWeeks is what they answer at first.
func (p *play) firstWeeks() {
	in, week := channel("explorers"), p.explorersIn
	p.replies(week(1, 0, 10, 15), "mere", "explorers", "At the pool, they ask where my mother is when she isn't with me.")
	p.replies(week(1, 0, 12, 40), "ana", "explorers", "Someone always saves the end seat for me, since I come straight from work. I never asked them to.")
	p.replies(week(1, 0, 20, 5), "wiremu", "explorers", "That seat says a lot, Ana. Who do you think began it?")
	p.replies(week(1, 2, 9, 30), "sione", "explorers", "In the choir you are missed by the people on both sides of you, because then they have to hold the note alone.")
	p.presses(week(1, 3, 18, 0), "tui", in, "Just to my facilitators", map[string]string{
		"text": "I am new in town, so honestly: nowhere yet. That is why I joined.",
	})
	p.types(week(1, 4, 9, 0), "wiremu", in, "/thread open channel:#general", nil, "Open it")
	for i, who := range []string{"ana", "ben", "mere", "sione", "lena", "tui", "kiri"} { // enough for a release
		p.types(week(1, 5, 9, i), who, private(who), "/settings consent purpose:research agree:yes", nil, "I agree")
	}
	p.replies(week(2, 0, 11, 0), "ana", "explorers", "Seven points. I nearly left out that I can wait: in queues, in meetings, for people to finish.", chat.File{
		Name: "star.png", Type: "image/png", Data: starPicture(7),
		Alt: "A star with seven points, drawn with a felt pen. The longest point reads: can wait.",
	})
	p.replies(week(2, 1, 7, 50), "kiri", "explorers", "Mine has five. I nearly left out the van, because it is only a van. But it is how everyone gets there.")
	p.replies(week(3, 0, 9, 50), "ana", "explorers", "She came to the door three weeks in a row and each time it was the noise that sent her home. We never thought of the noise.")
	p.replies(week(3, 1, 8, 30), "kiri", "explorers", "This is the edge. The gate is open, but you have to know that it is.", chat.File{
		Name: "gate.png", Type: "image/png", Data: gatePicture(),
		Alt: "A garden gate standing half open in a long hedge, seen from the road.",
	})
	p.menu(week(3, 1, 12, 0), "kiri", under(in), "This is the edge", "thread share", nil, "Share it")
	p.says(week(3, 1, 21, 10), "tui", "It was me, last year. Everyone was kind, and nobody told me what happens when.")
	p.presses(week(3, 1, 21, 11), "tui", private("tui"), "For Explorers", nil)
	p.presses(week(3, 5, 10, 0), "wiremu", private("wiremu"), "Write it up", map[string]string{
		"text": threadOf("At the edge") + "\n\n> Kiri: The gate is open, but you have to know that it is.",
	}, "Post it")
	p.replies(week(4, 1, 12, 0), "sione", "explorers", "Long at meeting, short at deciding. We meet so that we need not decide.")
	p.replies(week(5, 0, 19, 20), "mere", "explorers", "I was late, so I was the second. I never meant to be.")
	p.replies(week(6, 1, 8, 10), "ana", "explorers", "I'll ask the newest one to pour the tea. I expect she will mind. We'll see.")
	p.types(week(6, 3, 19, 0), "ana", in, "/practise tell", map[string]string{"happened": practiceTold[1], "sees": "cohort"})
	p.replies(week(7, 0, 12, 10), "kiri", "explorers", "Who decides about the hall, by the way? Half our hunches need a key to it.")
	p.menu(week(7, 0, 15, 0), "wiremu", under(in), "Who decides about the hall", "thread park", map[string]string{"about": "Who decides about the hall?", "back": "Week 10 · What surprised you"})
}

// meet is what they do in twos, and all together.
func (p *play) meet() {
	in, week := channel("explorers"), p.explorersIn
	p.types(week(6, 2, 9, 0), "wiremu", in, fmt.Sprintf(`/session schedule title:"Tea and questions" when:"%s 5pm" length:"1 hour" where:"The community hall, Room 2"`,
		date(week(7, 3, 0, 0))), nil, "Schedule it")
	for i, who := range []string{"ana", "kiri", "sione"} {
		p.presses(week(6, 2, 10+i, 0), who, in, "I'll come", nil)
	}
	p.presses(week(7, 3, 20, 0), "wiremu", private("wiremu"), "Write the notes", map[string]string{
		"text": notesTaken[0].text, "question": notesTaken[0].question,
	}, "Share them")
	p.presses(week(7, 4, 8, 0), "ana", in, "I was there", nil)
	p.presses(week(7, 4, 9, 0), "tui", in, "Catch up", map[string]string{"answer": caughtUp[0]})
	p.types(week(7, 4, 9, 30), "wiremu", in, fmt.Sprintf(`/session schedule title:"Walking hour" when:"%s 12:30" length:"1 hour" where:"The gate of the park"`,
		date(week(8, 3, 0, 0))), nil, "Schedule it")
	for i, who := range []string{"ana", "kiri", "sione", "tui"} {
		p.presses(week(7, 4, 10+i, 0), who, in, "I'll come", nil)
	}
	p.presses(week(7, 4, 18, 10), "lena", in, "Can't make it", nil)
	p.presses(week(8, 0, 10, 0), "ana", in, "Add to the agenda", map[string]string{"add": wondered[0]})

	p.presses(week(3, 0, 18, 0), "ana", private("ana"), "We met", nil)
	p.types(week(8, 0, 10, 30), "wiremu", in, "/peer round", nil, "Start the round")
	p.presses(week(8, 1, 19, 0), "kiri", private("kiri"), "We met", nil)
	p.types(week(8, 1, 12, 0), "ana", in, `/peer ask text:"Come and cook on Tuesday. You need bring nothing, and you may leave early." who:@wiremu`, nil, "Ask")
}

// findGoals is how the group comes to a goal of its own, by way of an objection.
func (p *play) findGoals() {
	in, week := channel("explorers"), p.explorersIn
	p.types(week(5, 0, 13, 0), "ana", in, `/goal propose words:"Everyone on our streets has somebody to ring."`, nil)
	p.types(week(5, 1, 9, 0), "sione", in, `/goal propose words:"Nobody has to know the way in to be let in."`, nil)
	p.types(week(5, 2, 9, 0), "ana", in, "/goal list", nil, "Open 1", "Ask the group", "Ask the group")
	p.types(week(5, 2, 17, 0), "kiri", in, `/goal object goal:1 words:"Ringing shuts out whoever has no phone, or no words for it."`, nil)
	p.types(week(5, 3, 9, 0), "ana", in, `/goal build goal:1 words:"Everyone on our streets has somebody to turn to."`, nil)
	for i, who := range []string{"kiri", "ana", "sione", "mere"} {
		p.types(week(5, 3, 12+i, 0), who, in, "/goal consent goal:1", nil)
	}
	p.types(week(6, 0, 11, 0), "wiremu", in, "/goal adopt goal:1", nil)
}

// drawStars is how they see themselves, then and now, and together a community.
func (p *play) drawStars() {
	in, week := channel("explorers"), p.explorersIn
	star := func(t time.Time, who, command, points, words, sees string) {
		fill := map[string]string{"words": words, "sees": sees}
		for i, n := range points {
			fill[fmt.Sprintf("p%d", i+1)] = string(n)
		}
		p.types(t, who, in, command, fill)
	}
	const kitchen = `/shape fill about:"the harbour kitchen" star:community`
	star(week(2, 1, 12, 0), "wiremu", "/shape fill star:own", "42321", "Shorter at time than I tell people.", "me")
	star(week(2, 2, 12, 0), "kiri", "/shape fill star:own", "23422", "", "me")
	star(week(4, 0, 12, 0), "ana", kitchen, "424331", "", "cohort")
	star(week(4, 0, 13, 0), "kiri", kitchen, "534341", "", "cohort")
	star(week(4, 1, 12, 0), "sione", kitchen, "423242", "", "cohort")
	star(week(4, 1, 13, 0), "mere", kitchen, "445252", "", "cohort")
	star(week(4, 2, 12, 0), "tui", kitchen, "333131", "", "cohort")
	p.types(week(4, 3, 9, 0), "wiremu", in, "/shape group harbour kitchen", nil)
	star(week(7, 2, 12, 0), "kiri", "/shape fill star:own", "34432", starWords[0], "cohort")
}

// think is what they do with the questions to pick up: one of them is put to all,
// and Ana is in the middle of another chapter.
func (p *play) think() {
	in, week := channel("explorers"), p.explorersIn
	p.types(week(4, 3, 12, 0), "ana", private("ana"), `/think chapter "what is community?"`, map[string]string{
		"text": "The end seat at choir, the row of gardens behind the school, and my sister's kitchen. I know because people ask where I was.",
	}, "Answer", "Next question")
	p.types(week(7, 1, 9, 15), "wiremu", in, "/think chapter power", nil, "Another question", "Another question", "Put it to the group", "Put it to the group")
	p.presses(week(7, 1, 18, 40), "kiri", in, "Answer", map[string]string{
		"text": "The hall, before we came. Whoever holds the key had settled it already, and I don't think he knows.",
	})
	p.types(week(7, 2, 8, 0), "sione", private("sione"), "/think tell", map[string]string{
		"about": "power", "text": "Good questions. I would read them to the choir, if one of them were about money.",
	})
}

// tryOut is their experiments: one told already, the others on their third day.
func (p *play) tryOut() {
	in, week := channel("explorers"), p.explorersIn
	begins := func(t time.Time, who string, v venture, hour string) {
		p.types(t, who, in, "/experiment start", map[string]string{"hunch": v.hunch, "with": v.with, "try": v.try, "know": v.know, "hour": hour})
	}
	notes := func(t time.Time, who, text string) {
		if text == "" {
			p.presses(t, who, private(who), "Nothing today", nil)
			return
		}
		p.presses(t, who, private(who), "Yes, a few words", map[string]string{"text": text})
	}
	names := ventures[2] // Kiri's, who began early and stopped early
	begins(week(6, 0, 10, 0), "kiri", names, "5pm")
	for day, text := range names.days {
		notes(week(6, day, 17, 20), "kiri", text)
	}
	p.types(week(6, 3, 9, 0), "kiri", in, "/experiment stop", map[string]string{"surprise": names.surprise})
	p.types(week(8, 0, 18, 30), "kiri", in, "/experiment story", map[string]string{"text": names.story, "sees": "cohort"})

	begins(week(7, 4, 15, 0), "wiremu", ventures[0], "2pm") // the hour is over, so the days are Monday to Friday
	begins(week(7, 4, 16, 0), "sione", ventures[6], "1pm")
	begins(week(7, 4, 17, 30), "ana", ventures[4], "5pm")
	p.types(week(7, 4, 18, 30), "wiremu", in, "/experiment companion person:@ana", nil, "Ask in private")
	p.presses(week(7, 4, 18, 45), "ana", private("ana"), "I'll walk alongside", nil)
	notes(week(8, 0, 14, 5), "wiremu", ventures[0].days[0])
	notes(week(8, 0, 17, 30), "ana", ventures[4].days[0])
	notes(week(8, 0, 17, 40), "sione", ventures[6].days[0])
	notes(week(8, 1, 14, 10), "wiremu", "")
	notes(week(8, 1, 17, 30), "ana", "")
}

// thisWeek is what they answer in the week in which the demonstration opens.
func (p *play) thisWeek() {
	in, week := channel("explorers"), p.explorersIn
	p.types(week(7, 0, 8, 0), "mere", in, fmt.Sprintf("/settings leave %s to %s", date(week(8, -1, 12, 0)), date(week(8, 8, 12, 0))), nil)
	p.replies(week(8, 0, 21, 50), "ana", "explorers", "Borrowed a ladder from number nine. That was all, and it felt enormous.")
	p.replies(week(8, 1, 13, 15), "sione", "explorers", "", chat.File{
		Name: "voice-note.wav", Type: "audio/wav", Data: hum(),
		Alt: "I sat at the other end. Nobody spoke. I ate. Then the man across asked whether I was lost.",
	})
	p.replies(week(8, 1, 17, 45), "kiri", "explorers", "Mine is over, so I went to see who else is at the gate.", chat.File{
		Name: "gate.png", Type: "image/png", Data: gatePicture(),
		Alt: "A garden gate standing half open in a long hedge, seen from the road.",
	})
	p.says(week(8, 1, 21, 10), "tui", "What keeps it from coming: I am afraid that somebody will ask me why.")
	p.presses(week(8, 1, 21, 11), "tui", private("tui"), "For Explorers", nil)
	p.types(week(8, 2, 10, 0), "wiremu", in, "/legacy receive", nil, "Hand it on")
	p.types(week(8, 2, 10, 10), "wiremu", in, `/shape fill star:own`, map[string]string{
		"p1": "4", "p2": "3", "p3": "4", "p4": "2", "p5": "1", "words": "More people to ring than in the second week.", "sees": "me",
	})
	p.types(week(8, 2, 14, 5), "wiremu", in, "/cohort panel", nil)
}

// under is the thread under the youngest question of a channel.
func under(in chat.Place) chat.Place {
	in.Thread = "youngest"
	return in
}

func date(t time.Time) string { return t.In(demoZone.Location()).Format("2 January 2006") }
