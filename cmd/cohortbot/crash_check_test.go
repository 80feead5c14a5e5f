package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/prompts"
	"cohortbot/bot/sessions"
)

// check compares what is kept with what people were told is kept, and what is
// kept with what stands in the workspace.
func (k *kept) check() {
	k.checkAnswers()
	k.checkPlans()
	k.checkComing()
	k.checkPosts()
	k.checkWeeks()
	k.checkSessions()
	k.checkCounts()
	if len(k.waiting) > 0 {
		k.t.Errorf("%d things that people said were never heard", len(k.waiting))
	}
	if k.jobs["sweep"].Kind == "" {
		k.t.Error("the job that sweeps up is lost")
	}
	for _, j := range k.jobs {
		if j.Parked {
			k.t.Errorf("the job %s was put aside: %s", j.Key, j.Fault)
		}
	}
}

// checkAnswers: what was acknowledged is kept once and as it was given last; what
// was deleted is gone.
func (k *kept) checkAnswers() {
	found := map[int]int{}
	for id, a := range k.answers {
		n, ok := numberOf(a.Text)
		if !ok {
			continue
		}
		found[n]++
		given := k.book.answers[n]
		if given == nil {
			k.t.Errorf("%q is kept, and nobody gave it", a.Text)
			continue
		}
		sees := given.sees
		if s := k.book.shared[id]; len(s) > 0 {
			sees = s
		}
		if k.account(a.Person) != given.person || a.Via != given.via || !given.text.has(a.Text) || !sees.has(a.Sees) || !given.gone.has(false) {
			k.t.Errorf("kept: %q of %s by %s for %s; given: %q of %s by %s for %q, gone: %v",
				a.Text, k.account(a.Person), a.Via, a.Sees, given.text, given.person, given.via, sees, given.gone)
		}
		if given.question != "" {
			q := k.stands[given.question]
			if want := "prompt/" + string(a.Week) + "/" + q.Place.String(); q.Key != want {
				k.t.Errorf("%q answers %s and is kept under %s", a.Text, q.Key, want)
			}
		}
		if a.Via == prompts.ByForm {
			continue
		}
		own := k.stands[a.Address.ID]
		if own.Body.Text != a.Text || own.Author != given.person {
			k.t.Errorf("%q is kept, and the message reads %q", a.Text, own.Body.Text)
		}
		if a.Via == prompts.Directly && k.items["kept/"+string(id)].State != outbox.Sent {
			k.t.Errorf("%q is kept, and %s was not told", a.Text, given.person)
		}
	}
	for n, given := range k.book.answers {
		switch {
		case found[n] > 1:
			k.t.Errorf("%q is kept %d times", given.text, found[n])
		case found[n] == 0 && given.acked && !given.gone.has(true):
			k.t.Errorf("%q of %s by %s was acknowledged and is lost", given.text, given.person, given.via)
		}
	}
	said := map[int]int{}
	for id, m := range k.stands {
		n, ok := numberOf(m.Body.Text)
		if !ok || m.Author == "cohortbot" {
			continue
		}
		if said[n]++; said[n] > 1 {
			k.t.Errorf("%q stands twice", m.Body.Text)
		}
		if found[n] == 0 {
			k.t.Errorf("%q (%s) stands and is not kept", m.Body.Text, id)
		}
	}
}

// checkPlans: what a facilitator was told is done was done, once.
func (k *kept) checkPlans() {
	done := map[planKind]map[string]int{}
	count := func(kind planKind, title string, n int) {
		if done[kind] == nil {
			done[kind] = map[string]int{}
		}
		done[kind][title] += n
	}
	for _, s := range k.sessions {
		count(schedulings, s.Title, 1)
		count(moves, s.Title, len(s.Moves))
		if s.Off() {
			count(cancels, s.Title, 1)
		}
	}
	for _, p := range k.plans {
		for _, w := range p.Weeks {
			count(inserts, w.Title, 1)
			if w.Skipped {
				count(skips, string(w.ID), 1)
			}
		}
	}
	for _, w := range k.weaves {
		count(weaves, w.Text, 1)
	}
	for _, p := range k.book.plans {
		if p.kind == posts {
			continue // a question may go out by itself as well: checkWeeks
		}
		if least, most := k.book.count(p.kind, p.title); done[p.kind][p.title] < least || done[p.kind][p.title] > most {
			k.t.Errorf("%s %q: %d times, expected %d to %d", p.kind, p.title, done[p.kind][p.title], least, most)
		}
	}
	inserted := map[string]bool{}
	for _, ch := range k.changes {
		if ch.Kind == "insert" && inserted[ch.Title] {
			k.t.Errorf("that %q was inserted is told twice", ch.Title)
		}
		inserted[ch.Title] = inserted[ch.Title] || ch.Kind == "insert"
	}
}

// checkComing: who comes is as they were told last.
func (k *kept) checkComing() {
	is := map[rsvp]sessions.Answer{}
	for _, a := range k.coming {
		is[rsvp{k.account(a.Person), a.Session}] = a.Answer
	}
	for key, may := range k.book.coming {
		if !may.has(is[key]) {
			k.t.Errorf("%s said %q to the session %s and is down as %q", key.person, may, key.session, is[key])
		}
	}
}

// checkPosts: everything that was to be said stands once, and nothing else does.
func (k *kept) checkPosts() {
	byKey := map[string][]string{}
	byText := map[string]string{}
	for id, m := range k.stands {
		if m.Key == "" || m.Deleted {
			continue
		}
		byKey[m.Key] = append(byKey[m.Key], id)
		kind, _, _ := strings.Cut(m.Key, "/")
		switch kind {
		case "kept", "stray", "waiting", "weave-draft", "nudge", "session", "parked-remind": // their words may be the same for two occasions
			continue
		}
		text := m.Place.Root().String() + ": " + m.Body.Text
		if other := byText[text]; other != "" && other != m.Key { // one key twice is found below
			k.t.Errorf("said twice, as %s and as %s: %s", other, m.Key, text)
		}
		byText[text] = m.Key
	}
	for key, i := range k.items {
		ids := byKey[key]
		switch {
		case unsaid(i):
			k.t.Errorf("%s is stuck in %s (%d tries, %d marks, %s)", key, i.State, i.Tries, i.Stale, i.Fault)
		case i.State == outbox.Sent && i.Address.ID == chat.NoCalendar: // it is shown nowhere
		case i.State == outbox.Sent && (len(ids) != 1 || ids[0] != i.Address.ID):
			k.t.Errorf("%s was said as %s, and what stands is %q", key, i.Address, ids)
		case i.State == outbox.Dropped && len(ids) > 0:
			k.t.Errorf("%s was taken away, and %q stands", key, ids)
		case i.State == outbox.Failed || i.State == outbox.Missed:
			k.t.Errorf("%s is %s: %s", key, i.State, i.Fault)
		}
	}
	for key := range byKey {
		if _, ok := k.items[key]; !ok {
			k.t.Errorf("%s stands, and the outbox does not know of it", key)
		}
	}
	for id, a := range k.answers {
		wanted := a.Sees == prompts.Group && a.Via != prompts.InThread
		i, there := k.items["answer/"+string(id)]
		if stands := there && i.State == outbox.Sent; stands != wanted {
			k.t.Errorf("the answer %q by %s for %s: it stands under its question: %v", a.Text, a.Via, a.Sees, stands)
		} else if stands && !strings.Contains(k.stands[i.Address.ID].Body.Text, chat.Plain(a.Text)) {
			k.t.Errorf("the answer %q stands as %q", a.Text, k.stands[i.Address.ID].Body.Text)
		}
	}
	for key, i := range k.items {
		if id, ok := strings.CutPrefix(key, "answer/"); ok && i.State == outbox.Sent && k.answers[prompts.AnswerID(id)].ID == "" {
			k.t.Errorf("%s stands, and the answer is deleted", key)
		}
	}
}

// checkWeeks: each week that went out has its question, each that did not has
// none, and each group that goes on has what makes it go on.
func (k *kept) checkWeeks() {
	for id, plan := range k.plans {
		c := k.cohorts[id]
		for _, w := range plan.Weeks {
			key := fmt.Sprintf("prompt/%s/%s", w.ID, c.Place)
			if sent := k.items[key].State == outbox.Sent; sent != w.Gone() {
				k.t.Errorf("%s of %s went out: %v; its question was said: %v", w.Title, c.Name, w.Gone(), sent)
			}
		}
		if next, ok := cohorts.Next(c.Dates(plan)); ok && c.State == cohorts.Open {
			if j := k.jobs[cohorts.PromptJob+"/"+string(id)]; !j.Due.Equal(next.On.In(c.Zone)) {
				k.t.Errorf("%s of %s is due at %s, and its job at %s", next.Title, c.Name, next.On, j.Due)
			}
		}
	}
	for id, ch := range k.changes {
		if k.items["plan/"+id].State != outbox.Sent {
			k.t.Errorf("the group was not told that its plan changed: %s %q", ch.Kind, ch.Title)
		}
	}
	for id := range k.weaves {
		if k.items["weave/"+id].State != outbox.Sent {
			k.t.Errorf("the weave %s was not posted", id)
		}
	}
}

// checkSessions: each session was announced, each move was told, and whoever
// answered knows of the time that holds or is about to be told.
func (k *kept) checkSessions() {
	for id, s := range k.sessions {
		if len(s.People) > 0 || s.Interested {
			continue // the channel does not hear of it
		}
		keys := []string{"session/" + string(id)}
		for n := range s.Moves {
			keys = append(keys, fmt.Sprintf("session/%s/moved/%d", id, n+1))
		}
		if s.Off() {
			keys = append(keys, fmt.Sprintf("session/%s/cancelled", id))
		}
		for _, key := range keys {
			if i, ok := k.items[key]; !ok || i.State != outbox.Sent && i.State != outbox.Dropped {
				k.t.Errorf("%s: %s was never said (%s)", s.Title, key, i.State)
			}
		}
	}
	for _, a := range k.coming {
		s := k.sessions[a.Session]
		if !s.Off() && !a.Told.Equal(s.Start()) && !k.isToTell(a) {
			k.t.Errorf("%s knows that %s is at %s; it is at %s, and nothing is to tell them", k.account(a.Person), s.Title, a.Told, s.Start())
		}
	}
}

// isToTell tells whether a job is set that brings somebody up to date. The one for
// everybody is due at once; but a kill takes the clock back by a day at most, and
// then it waits for its time to come again.
func (k *kept) isToTell(a sessions.Attendee) bool {
	for _, job := range []string{"notice/" + string(a.Person), "invite/" + string(a.Person), "tell"} {
		if _, ok := k.jobs[fmt.Sprintf("session/%s/%s", a.Session, job)]; ok {
			return true
		}
	}
	return false
}

var (
	keptSoFar = regexp.MustCompile(`Kept so far: from (one|\d+) `)
	tallied   = regexp.MustCompile(`\*\*(\d+) coming\*\* · (\d+) maybe · (\d+) can't`)
)

// checkCounts: the numbers that are shown are those of the records.
func (k *kept) checkCounts() {
	answered := map[cohorts.WeekID]map[people.ID]bool{}
	for _, a := range k.answers {
		if a.Sees == prompts.Group && !a.Facilitator {
			if answered[a.Week] == nil {
				answered[a.Week] = map[people.ID]bool{}
			}
			answered[a.Week][a.Person] = true
		}
	}
	tally := map[sessions.ID]map[sessions.Answer]int{}
	for _, a := range k.coming {
		if tally[a.Session] == nil {
			tally[a.Session] = map[sessions.Answer]int{}
		}
		tally[a.Session][a.Answer]++
	}
	for key, i := range k.items {
		body := k.stands[i.Address.ID].Body
		switch {
		case i.State != outbox.Sent:
		case i.Kind == "prompt":
			_, week := cohorts.ParseWeekRecord(i.Record)
			shown := "0"
			if found := keptSoFar.FindStringSubmatch(body.Note); found != nil {
				shown = strings.Replace(found[1], "one", "1", 1)
			}
			if want := strconv.Itoa(len(answered[week])); shown != want {
				k.t.Errorf("%s: shows answers from %s, and there are answers from %s", key, shown, want)
			}
		case i.Kind == "session" && !k.sessions[sessions.ID(i.Record)].Off():
			t := tally[sessions.ID(i.Record)]
			want := fmt.Sprintf("[%d %d %d]", t[sessions.Yes], t[sessions.Maybe], t[sessions.No])
			if found := tallied.FindStringSubmatch(body.Text); found == nil || fmt.Sprint(found[1:]) != want {
				k.t.Errorf("%s: shows %v coming, maybe and not, and there are %s", key, found, want)
			}
		}
	}
}
