package main

import (
	"context"
	"fmt"
	"time"

	"cohortbot/adapters/web"
	"cohortbot/bot/chat"
)

// furnish makes the people and the channels. The demonstration opens in the seat
// of the first.
func (p *play) furnish(ctx context.Context) error {
	for _, who := range []chat.Profile{
		{Name: "Wiremu", Zone: "Pacific/Auckland"},
		{Name: "Ana", Zone: "Pacific/Auckland"},
		{Name: "Ben", Zone: "Pacific/Auckland"},
		{Name: "Mere", Zone: "Pacific/Auckland"},
		{Name: "Sione", Zone: "Pacific/Tongatapu"},
		{Name: "Lena", Zone: "Europe/Berlin"},
		{Name: "Tui", Zone: "Pacific/Auckland"},
		{Name: "Kiri", Zone: "Pacific/Auckland"},
		{Name: "Aroha", Zone: "Pacific/Auckland", Admin: true},
	} {
		who.User = chat.User{Workspace: web.Name, ID: lower(who.Name)}
		if err := p.workspace.AddPerson(ctx, who); err != nil {
			return err
		}
	}
	for _, c := range [][2]string{
		{"explorers", "Community builders, autumn group"},
		{"harbour", "Community builders, the group before"},
		{"general", "Everybody"},
	} {
		if err := p.workspace.AddChannel(ctx, c[0], c[1]); err != nil {
			return err
		}
	}
	return p.workspace.Settle(ctx)
}

// The seat in which the demonstration opens, and the channel.
const (
	demoSeat    = "wiremu"
	demoChannel = "explorers"
)

// script is what happened before the demonstration opens.
func (p *play) script() {
	begins := demoBegins(p.opens)
	p.types(begins, "aroha", channel("general"), "/cohort appoint person:@wiremu")
	p.group("harbour", "Harbour", begins.Add(time.Hour), p.monday(-7*(demoFurther-1), 0, 0), "ana", "tui", "kiri", "sione")
	p.group("explorers", "Explorers", p.monday(-7*(demoWeek-1)-4, 10, 0), p.monday(-7*(demoWeek-1), 0, 0), "ana", "ben", "mere", "sione", "lena", "tui", "kiri")
	p.harbour()
	p.explorers()
}

// group starts a cohort and lets people join it.
func (p *play) group(in, name string, at, first time.Time, members ...string) {
	day := first.In(demoZone.Location()).Format("2 January 2006")
	p.types(at, "wiremu", channel(in), fmt.Sprintf(`/cohort start programme:community-builder name:"%s" first:"%s" rhythm:"mondays 9am" channel:#%s zone:Auckland`, name, day, in))
	p.presses(at.Add(5*time.Minute), "wiremu", channel(in), "Post the joining message", nil)
	p.presses(at.Add(6*time.Minute), "wiremu", channel(in), "Post it", nil)
	for i, m := range members {
		quote := "yes"
		if m == "ben" || m == "lena" {
			quote = "no"
		}
		p.presses(at.Add(time.Duration(3+i)*time.Hour), m, channel(in), "Join", map[string]string{"quote": quote})
	}
}

// harbour is the group that is further on: each has an experiment on the way.
func (p *play) harbour() {
	week := func(n, days, hour, minute int) time.Time { return p.monday(-7*(demoFurther-n)+days, hour, minute) }
	p.replies(week(1, 0, 12, 20), "ana", "harbour", "Somebody keeps my mug on the hook by the window. Nobody ever said that it was mine.")
	p.replies(week(1, 1, 8, 5), "tui", "harbour", "They start late because they wait for whoever has the longest bus ride. I only noticed when it was me.")
	p.replies(week(3, 0, 19, 0), "kiri", "harbour", "He stood at the gate with a plate and went home again. I think nobody told him it was fine to bring a plate.")
	p.replies(week(5, 1, 9, 45), "sione", "harbour", "The second one just picked up the other end of the table. That was all it took.")
	p.replies(week(7, 0, 13, 0), "ana", "harbour", "I have a hunch that if I ask one question at the gate and then stop talking, somebody will stay a minute longer.")
	p.replies(week(7, 2, 10, 30), "kiri", "harbour", "I have a hunch that if I carry two cups outside, I won't drink the second one alone.")
	p.replies(week(8, 1, 17, 40), "kiri", "harbour", "Day one: nobody. Day two: the man with the ladder. He takes it black.")
	p.types(week(8, 1, 18, 0), "sione", channel("harbour"), "/settings reading on")
}

// explorers is the group in which the demonstration opens, in its third week.
func (p *play) explorers() {
	week := func(n, days, hour, minute int) time.Time { return p.monday(-7*(demoWeek-n)+days, hour, minute) }
	p.replies(week(1, 0, 10, 15), "mere", "explorers", "At the pool, they ask where my mother is when she isn't with me.")
	p.replies(week(1, 0, 12, 40), "ana", "explorers", "Someone always saves the end seat for me, since I come straight from work. I never asked them to.")
	p.replies(week(1, 0, 20, 5), "wiremu", "explorers", "That seat says a lot, Ana. Who do you think began it?")
	p.replies(week(1, 2, 9, 30), "sione", "explorers", "In the choir you are missed by the people on both sides of you, because then they have to hold the note alone.")
	p.presses(week(1, 3, 18, 0), "tui", channel("explorers"), "Just to my facilitators", map[string]string{
		"text": "I am new in town, so honestly: nowhere yet. That is why I joined.",
	})
	p.types(week(2, 0, 8, 0), "mere", channel("explorers"), fmt.Sprintf("/settings leave %s to %s",
		week(3, -1, 12, 0).In(demoZone.Location()).Format("2 January 2006"), week(3, 8, 12, 0).In(demoZone.Location()).Format("2 January 2006")))
	p.replies(week(2, 0, 11, 0), "ana", "explorers", "Seven points. I nearly left out that I can wait: in queues, in meetings, for people to finish.", chat.File{
		Name: "star.png", Type: "image/png", Data: starPicture(7),
		Alt: "A star with seven points, drawn with a felt pen. The longest point reads: can wait.",
	})
	p.replies(week(2, 1, 7, 50), "kiri", "explorers", "Mine has five. I nearly left out the van, because it is only a van. But it is how everyone gets there.")
	p.types(week(2, 2, 9, 0), "wiremu", channel("explorers"), fmt.Sprintf(`/session schedule title:"Q&A and tea" when:"%s 5pm" length:"1 hour" where:"The community hall, Room 2"`,
		week(3, 3, 0, 0).In(demoZone.Location()).Format("Mon 2 Jan")))
	p.presses(week(2, 2, 9, 2), "wiremu", channel("explorers"), "Schedule it", nil)
	for i, who := range []string{"ana", "kiri", "sione"} {
		p.presses(week(2, 2, 10+i, 0), who, channel("explorers"), "I'll come", nil)
	}
	p.presses(week(2, 3, 8, 0), "lena", channel("explorers"), "Can't make it", nil)

	p.replies(week(3, 0, 9, 50), "ana", "explorers", "She came to the door three weeks in a row and each time it was the noise that sent her home. We never thought of the noise.")
	p.replies(week(3, 0, 13, 15), "sione", "explorers", "", chat.File{
		Name: "voice-note.wav", Type: "audio/wav", Data: hum(),
		Alt: "It was the shoes. Everyone knew to take them off, and he didn't, and nobody wanted to be the one to say so.",
	})
	p.replies(week(3, 1, 8, 30), "kiri", "explorers", "This is the edge. The gate is open, but you have to know that it is.", chat.File{
		Name: "gate.png", Type: "image/png", Data: gatePicture(),
		Alt: "A garden gate standing half open in a long hedge, seen from the road.",
	})
	p.says(week(3, 1, 21, 10), "tui", "It was me, last year. Everyone was kind, and nobody told me what happens when.")
	p.presses(week(3, 1, 21, 11), "tui", chat.Direct(chat.User{Workspace: web.Name, ID: "tui"}), "For Explorers", nil)
	p.types(week(3, 2, 14, 5), "wiremu", channel("explorers"), "/cohort panel")
}

// demoTour is what a newcomer may try first.
var demoTour = []web.TourStep{
	{
		Title: "Change the plan",
		Text:  "You are Wiremu, who facilitates. Type `/plan insert` in #explorers and add a practice week. You see every date that moves before anybody is told.",
		Link:  "/?as=wiremu&place=explorers",
	},
	{
		Title: "Jump to Monday",
		Text:  "Press the date at the top, then Jump to Monday. On the way, whoever has not answered gets one reminder on their own day, you get a draft for the weekly write-up, and the next question goes out.",
		Link:  "/?as=wiremu&place=explorers",
	},
	{
		Title: "Sit in Ana's seat, on a phone",
		Text:  "Make this window as narrow as a phone. Answer in the thread, by the button, or in private.",
		Link:  "/?as=ana&place=explorers",
	},
}
