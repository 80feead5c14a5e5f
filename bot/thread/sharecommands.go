package thread

import (
	"errors"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// openDeed names the open channel.
func openDeed() deeds.Deed {
	fields := []chat.Field{{Name: "channel", Label: "The open channel", Kind: chat.InPlace, Required: true, Example: "#harbour-news", Hint: "Where members may show something of their own to others"}}
	return deeds.Deed{
		Scoped:  true,
		Command: chat.Command{Path: "thread open", Summary: "Name the open channel where members may share something", Role: chat.Facilitator, Fields: fields},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			place := c.Given["channel"].Place
			if place == cohort.Place {
				return chat.Outcome{}, deeds.RefuseField("channel", "%s is the group's own channel. Name one that others read too.", chat.InChannel(place))
			}
			if !c.Sure {
				return deeds.Confirm("Members of **"+chat.Plain(cohort.Name)+"** could then show something of their own in "+chat.InChannel(place)+
					", one piece at a time and each by their own press. Everyone who can read that channel reads it. I have to be in that channel to post there.\n\nNothing is posted by this.", "Open it"), nil
			}
			err = Openings.Put(tx, cohort.ID, Opening{Cohort: cohort.ID, Place: place, By: c.Person.ID, At: c.Now})
			return chat.Say("From now on, what members share goes to "+chat.InChannel(place)+". The group is not told by this; you may want to mention it: the menu on a message has **Share**, and /thread share takes words.",
				chat.Button{Label: "Close it again", Command: "thread shut", Record: c.Cohort}), err
		},
	}
}

// shutDeed takes the open channel away. What was shared stays where it is.
func shutDeed() deeds.Deed {
	return deeds.Deed{
		Scoped:  true,
		Command: chat.Command{Path: "thread shut", Summary: "Let nothing more be shared to the open channel", Role: chat.Facilitator, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			return chat.Say("Closed: nothing more can be shared. What was shared stays, and its authors can still take it back. /thread open names a channel again."),
				Openings.Delete(tx, cohorts.ID(c.Cohort))
		},
	}
}

var (
	textField = chat.Field{Name: "text", Label: "What you would like to show", Kind: chat.LongText, Hint: "A few lines, or a photo or a voice note alone"}
	fileField = chat.Field{Name: "file", Label: "A photo, a voice note or a file", Kind: chat.Upload}
)

func shareDeed(behind Behind) deeds.Deed {
	fields := []chat.Field{textField, fileField}
	return deeds.Deed{
		Scoped:  true,
		Command: chat.Command{Path: "thread share", Summary: "Show something of yours in the open channel", Role: chat.Member, Fields: fields, Menu: "Share"},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			cohort, o, err := shareable(tx, c)
			if err != nil || c.Message != nil || c.Path != deeds.ChangePath && (c.Given.Has("text") || c.Given.Has("file")) {
				return nil, err
			}
			return &chat.Form{
				Title: "Share something of yours", Fields: fields, Submit: "Show me first",
				Note: "Nothing is shared yet. " + whoReads(o.Place, cohort),
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, o, err := shareable(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			s := Share{
				ID: ShareID(c.ID), Cohort: cohort.ID, Author: c.Person.ID, By: c.Person.ID, At: c.Now,
				Text: c.Given.Text("text"), Files: c.Given["file"].Files, Place: o.Place,
			}
			if c.Message != nil {
				return shareMessage(tx, c, behind, cohort, s)
			}
			if strings.TrimSpace(s.Text) == "" && len(s.Files) == 0 {
				return chat.Outcome{}, deeds.RefuseField("text", "There is nothing here yet. A few words, a photo or a voice note will do.")
			}
			return chat.Answering(consent(s, cohort)), s.offer(tx, c.Now)
		},
	}
}

// shareable gives the open channel, or refuses.
func shareable(tx store.Tx, c deeds.Call) (cohorts.Cohort, Opening, error) {
	cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
	if err != nil {
		return cohort, Opening{}, err
	}
	if _, err := cohorts.Joined(tx, cohort, c.Person.ID); err != nil {
		return cohort, Opening{}, err
	}
	o, ok, err := opening(tx, cohort.ID)
	if err == nil && !ok {
		say := "%s has no open channel yet, so there is nowhere to share to. A facilitator can name one with /thread open."
		err = deeds.Refuse(deeds.Unavailable, say, chat.Plain(cohort.Name))
	}
	return cohort, o, err
}

// shareMessage offers what stands in a message: to who presses, if they wrote
// it, or else to its author.
func shareMessage(tx store.Tx, c deeds.Call, behind Behind, cohort cohorts.Cohort, s Share) (chat.Outcome, error) {
	said, err := wordsIn(tx, *c.Message, behind)
	if err != nil {
		return chat.Outcome{}, err
	}
	s.Text, s.Files, s.Source = said.Text, said.Files, c.Message.Address
	if strings.TrimSpace(s.Text) == "" && len(s.Files) == 0 {
		return chat.Outcome{}, deeds.Refuse(deeds.Invalid, "There are no words or files in that message that I could show.")
	}
	author, err := people.Table.Get(tx, said.Author)
	if err != nil {
		return chat.Outcome{}, err
	}
	own := author.ID == c.Person.ID
	was, there, err := offered(tx, s.Source)
	if err != nil {
		return chat.Outcome{}, err
	}
	switch {
	case there && !was.Offered():
		out := chat.Say("This is shared already, in " + chat.InChannel(was.Place) + ".")
		if own {
			out.Reply.Buttons = []chat.Button{{Label: "Take it back", Command: "thread withdraw", Record: string(was.ID)}}
		}
		return out, nil
	case own && there: // somebody asked for it, or it was looked at before
		was.Text, was.Files, was.Place = s.Text, s.Files, s.Place
		return chat.Answering(consent(was, cohort)), Shares.Put(tx, was.ID, was)
	case own:
		return chat.Answering(consent(s, cohort)), s.offer(tx, c.Now)
	case s.Source.Place.Root() != cohort.Place:
		return chat.Outcome{}, deeds.Refuse(deeds.Invalid, "Only what was said in %s can be suggested for sharing. Ask its author yourself.", chat.InChannel(cohort.Place))
	}
	_, member, err := cohorts.MemberOf(tx, cohort.ID, author.ID)
	if err != nil {
		return chat.Outcome{}, err
	}
	if !member {
		return chat.Outcome{}, deeds.Refuse(deeds.Invalid, "%s is not in %s, so I can't ask them for you. Ask them yourself.", chat.Plain(author.Name), chat.Plain(cohort.Name))
	}
	asking := "I am asking " + chat.Plain(author.Name) + " once, in private. If they say yes, it appears in " + chat.InChannel(s.Place) +
		"; until then nobody else sees anything of this. If they are away, I ask when they are back. If nothing comes, they would rather not, and that is fine."
	if there {
		return chat.Say(asking), nil
	}
	s.Author = author.ID
	if err := s.offer(tx, c.Now); err != nil {
		return chat.Outcome{}, err
	}
	return chat.Say(asking), jobs.Set(tx, jobs.Job{
		Key: askKind + "/" + string(s.ID), Kind: askKind, Record: string(s.ID), Cohort: c.Cohort,
		Due: author.Quiet.Open(c.Now, author.ZoneOr(cohort.Zone)),
	})
}

// wordsIn gives what somebody said in a message: their own, or one in which the
// bot shows it for them.
func wordsIn(tx store.Tx, m chat.Target, behind Behind) (Words, error) {
	i, ours, err := outbox.At(tx, m.Address)
	if err != nil {
		return Words{}, err
	}
	if ours {
		if said, ok, err := behind(tx, i); err != nil || ok {
			return said, err
		}
	}
	author, err := people.ByAccount(tx, m.Author)
	if ours || errors.Is(err, people.ErrUnknown) {
		return Words{}, deeds.Refuse(deeds.Invalid, "These are nobody's words whom I could ask. To show something of your own, /thread share takes your words.")
	}
	return Words{Author: author.ID, Text: m.Text, Files: m.Files}, err
}

// ownShare gives what a button is about, to its author alone.
func ownShare(tx store.Tx, c deeds.Call) (Share, error) {
	s, err := Shares.Get(tx, ShareID(c.Record))
	switch {
	case c.Record == "" || errors.Is(err, store.ErrNotFound):
		return s, deeds.Refuse(deeds.NotFound, "This is not there any more: it was taken back, or it was too old. Nothing of it is shown. /thread share starts anew.")
	case err == nil && s.Author != c.Person.ID:
		return s, deeds.Refuse(deeds.Forbidden, "Only the person who made this can decide about it.")
	}
	return s, err
}

// offerDeed shows an author what waits for their word.
func offerDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "thread offer", Summary: "Look at what you are asked to share", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			s, err := ownShare(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			cohort, err := cohorts.Get(tx, s.Cohort)
			if err != nil {
				return chat.Outcome{}, err
			}
			return chat.Answering(consent(s, cohort)), nil
		},
	}
}

// yesDeed is the author's own press, without which nothing is shared.
func yesDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "thread yes", Summary: "Share something of yours, after you have seen where it goes", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			s, err := ownShare(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			back := chat.Button{Label: "Take it back", Command: "thread withdraw", Record: string(s.ID)}
			if !s.Offered() {
				return chat.Say("It is shared already, in "+chat.InChannel(s.Place)+".", back), nil
			}
			c.Cohort = string(s.Cohort)
			cohort, o, err := shareable(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if o.Place != s.Place { // their yes was to another channel
				s.Place = o.Place
				m := consent(s, cohort)
				m.Text = "The open channel is another one now.\n\n" + m.Text
				return chat.Answering(m), Shares.Put(tx, s.ID, s)
			}
			return chat.Say("Shared. It goes to "+chat.InChannel(s.Place)+" now, with your name, and onto the group's page. You can take it back whenever you like.", back),
				s.post(tx, c.Now)
		},
	}
}

func noDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "thread no", Summary: "Leave something of yours where it is", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			s, err := ownShare(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !s.Offered() {
				return chat.Say("It is shared already, in "+chat.InChannel(s.Place)+".", chat.Button{Label: "Take it back", Command: "thread withdraw", Record: string(s.ID)}), nil
			}
			return chat.Say("That's fine. Nothing is shared, and nobody is told."), s.remove(tx)
		},
	}
}

func withdrawDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "thread withdraw", Summary: "Take back something that you shared", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			s, err := ownShare(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !c.Sure {
				return deeds.Confirm("I delete this from "+chat.InChannel(s.Place)+" and from the group's page. Who has read it has read it.\n\n"+excerpt(s, 200), "Take it back"), nil
			}
			return chat.Say("Taken back. It is deleted there, and from the page."), s.remove(tx)
		},
	}
}
