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
		{"general", "Everybody in town"},
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
	p.types(begins, "aroha", channel("general"), "/cohort appoint person:@wiremu", nil)
	p.group("harbour", "Harbour", begins.Add(time.Hour), p.monday(-7*(demoFurther-1), 0, 0), "ana", "tui", "kiri", "sione")
	p.group("explorers", "Explorers", p.monday(-7*(demoWeek-1)-4, 10, 0), p.monday(-7*(demoWeek-1), 0, 0), "ana", "ben", "mere", "sione", "lena", "tui", "kiri")
	p.harbour()
	p.award()
	p.explorers()
	p.interested()
}

// group starts a cohort and lets people join it.
func (p *play) group(in, name string, at, first time.Time, members ...string) {
	day := first.In(demoZone.Location()).Format("2 January 2006")
	p.types(at, "wiremu", channel(in), fmt.Sprintf(`/cohort start programme:community-builder name:"%s" first:"%s" rhythm:"mondays 9am" channel:#%s zone:Auckland`, name, day, in), nil)
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

// harbour is the group that is further on: it is in its last week, and leaves
// something for the group that comes after.
func (p *play) harbour() {
	week := p.harbourIn
	p.replies(week(1, 0, 12, 20), "ana", "harbour", "Somebody keeps my mug on the hook by the window. Nobody ever said that it was mine.")
	p.replies(week(1, 1, 8, 5), "tui", "harbour", "They start late because they wait for whoever has the longest bus ride. I only noticed when it was me.")
	p.replies(week(3, 0, 19, 0), "kiri", "harbour", "He stood at the gate with a plate and went home again. I think nobody told him it was fine to bring a plate.")
	p.replies(week(5, 1, 9, 45), "sione", "harbour", "The second one just picked up the other end of the table. That was all it took.")
	p.replies(week(7, 0, 13, 0), "ana", "harbour", "I have a hunch that if I ask one question at the gate and then stop talking, somebody will stay a minute longer.")
	p.replies(week(7, 2, 10, 30), "kiri", "harbour", "I have a hunch that if I carry two cups outside, I won't drink the second one alone.")
	p.replies(week(8, 1, 17, 40), "kiri", "harbour", "Day one: nobody. Day two: the man with the ladder. He takes it black.")
	p.replies(week(10, 0, 12, 30), "tui", "harbour", "How little I had to do.")
	p.replies(week(12, 0, 12, 15), "ana", "harbour", "A chair by the door that belongs to nobody.")
	p.types(week(12, 0, 18, 0), "kiri", channel("harbour"), "/legacy give", map[string]string{"kind": giftsGiven[3].kind, "text": giftsGiven[3].text, "name": "yes"})
	p.types(week(12, 1, 9, 0), "tui", channel("harbour"), "/legacy give", map[string]string{"kind": giftsGiven[0].kind, "text": giftsGiven[0].text, "name": "no"})
	p.types(week(8, 1, 18, 0), "sione", channel("harbour"), "/settings reading on", nil)
}

// harbourIn gives a time of day in a week of theirs, some days after its Monday.
func (p *play) harbourIn(week, days, hour, minute int) time.Time {
	return p.monday(-7*(demoFurther-week)+days, hour, minute)
}

// demoTour is what a newcomer may try first.
var demoTour = []web.TourStep{
	{
		Title: "Day 3 of your experiment",
		Text:  "You are Wiremu, who facilitates and takes part. In your direct messages you are asked whether anything happened today. One press answers, and nobody else reads it.",
		Link:  "/?as=wiremu&place=@cohortbot",
	},
	{
		Title: "Change the plan",
		Text:  "Type `/plan insert` in #explorers and add a practice week. You see every date that moves before anybody is told.",
		Link:  "/?as=wiremu&place=explorers",
	},
	{
		Title: "Jump to Monday, as Ana",
		Text:  "Press the date at the top, then Jump to Monday. On the way come reminders, tomorrow's session, and the days of her experiment; then the next question goes out and puts people together.",
		Link:  "/?as=ana&place=explorers",
	},
	{
		Title: "A certificate, as Kiri",
		Text:  "Type `/credential show` to open what an assessor's decision led to, and look at it as whoever checks it does. `/portfolio export` packs all of her work in one zip.",
		Link:  "/?as=kiri&place=@cohortbot",
	},
	{
		Title: "A portfolio of your own, as Mere",
		Text:  "In her direct messages, type `/portfolio open` and start one. It says what is missing and where to put it: a few lines in the chat or on a page of her own, papers, and a few words of people who were there.",
		Link:  "/?as=mere&place=@cohortbot",
	},
}
