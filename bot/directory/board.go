package directory

import (
	"fmt"
	"slices"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// appointDeed puts somebody on the content board.
func appointDeed() deeds.Deed {
	fields := []chat.Field{{Name: "person", Label: "Who joins the content board", Kind: chat.Person, Required: true, Example: "@mere"}}
	return deeds.Deed{
		Command: chat.Command{Path: "directory appoint", Summary: "Let somebody review trainings and communities", Role: chat.Admin, Fields: fields},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			p := c.Given["person"].Person
			on, err := OnBoard(tx, p.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			if on {
				return chat.Say(chat.Plain(p.Name)+" is on the content board already.",
					chat.Button{Label: "Take them off it", Command: dismissPath, Record: string(p.ID)}), nil
			}
			r := Reviewer{Person: p.ID, By: c.Person.ID, At: c.Now, Workspace: c.Profile.User.Workspace}
			if err := Reviewers.Put(tx, p.ID, r); err != nil {
				return chat.Outcome{}, err
			}
			all, err := board(tx)
			if err != nil {
				return chat.Outcome{}, err
			}
			text := chat.Plain(p.Name) + " is on the content board now, and I am telling them in private."
			if len(all) == 1 {
				text += " A review needs somebody else who could object. Until a second person is on the board, that is you and the other administrators."
			}
			return chat.Say(text), tellOn(tx, appointedKind, string(p.ID), c.ID, p.ID, c.Now)
		},
	}
}

func dismissDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: dismissPath, Summary: "Take somebody off the content board", Role: chat.Admin, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			p, there, err := people.Table.Find(tx, people.ID(c.Record))
			if err != nil {
				return chat.Outcome{}, err
			}
			if on, err := OnBoard(tx, p.ID); err != nil || !there || !on {
				return chat.Say("They are not on the content board."), err
			}
			if !c.Sure {
				return deeds.Confirm("**"+chat.Plain(p.Name)+"** then reviews nothing any more. What they wrote stays in the records, and an objection of theirs waits until the review is changed or they say that it was heard.", "Take them off it"), nil
			}
			return chat.Say(chat.Plain(p.Name) + " is no longer on the content board. They have not been told; you may want to tell them."), Reviewers.Delete(tx, p.ID)
		},
	}
}

// waits is one thing that waits for the board.
type waits struct {
	line   string
	button chat.Button
	mine   bool // for this person to do something about
}

// waitingFor gives what waits for the board, as one of them sees it.
func waitingFor(tx store.Tx, c deeds.Call) ([]waits, error) {
	var all []waits
	for row, err := range Reviews.By(tx, "open") {
		if err != nil {
			return nil, err
		}
		w, err := openWaits(tx, c, row.Value)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	for _, s := range []State{Suggested, Lapsed, Approved} {
		trainings, err := InState(tx, s)
		if err != nil {
			return nil, err
		}
		for _, t := range trainings {
			if s == Approved && (t.Ends || c.Now.Before(t.Until.Add(-ahead))) {
				continue
			}
			if _, open, err := openReview(tx, t.ID); err != nil {
				return nil, err
			} else if open {
				continue
			}
			w := waits{
				line:   "**" + chat.Plain(t.Title) + "**: " + t.stateWords(c.Zone) + ".",
				button: chat.Button{Label: chat.Short("Review "+t.Title, 70), Command: judgePath, Record: string(t.ID)},
				mine:   t.By != c.Person.ID,
			}
			if s != Suggested {
				w.button.Label = chat.Short("Renew "+t.Title, 70)
			}
			if !w.mine {
				w.line += " You suggested it, so somebody else reviews it."
				w.button.Command, w.button.Label = showPath, chat.Short("See "+t.Title, 70)
			}
			if d, begun, err := draftOf(tx, t.ID, c.Person.ID); err != nil {
				return nil, err
			} else if begun {
				w.line += " You have begun a review."
				w.button = chat.Button{Label: chat.Short("Go on with "+t.Title, 70), Command: draftPath, Record: string(d.ID)}
			}
			all = append(all, w)
		}
	}
	offered, err := communitiesIn(tx, Suggested)
	for _, x := range offered {
		w := waits{
			line:   "**" + chat.Plain(x.Name) + "**, a community of practice: offered on " + day(x.At, c.Zone) + ".",
			button: chat.Button{Label: chat.Short("Look at "+x.Name, 70), Command: considerPath, Record: string(x.ID)},
			mine:   x.By != c.Person.ID,
		}
		if !w.mine {
			w.line += " You offered it, so somebody else looks at it."
			w.button.Command = communityPath
		}
		all = append(all, w)
	}
	return all, err
}

// openWaits says how a review stands that the board can object to.
func openWaits(tx store.Tx, c deeds.Call, r Review) (waits, error) {
	t, _, err := Trainings.Find(tx, r.Training)
	if err != nil {
		return waits{}, err
	}
	who, err := nameOf(tx, r.By)
	if err != nil {
		return waits{}, err
	}
	said, err := waiting(tx, r.ID)
	w := waits{button: chat.Button{Label: chat.Short("Read about "+t.Title, 70), Command: recordPath, Record: string(r.ID)}}
	w.line = "**" + chat.Plain(t.Title) + "**: reviewed by " + who
	own := slices.ContainsFunc(said, func(o Objection) bool { return o.By == c.Person.ID })
	switch {
	case len(said) > 0:
		w.line += ". An objection waits."
		w.mine = r.By == c.Person.ID || own
	default:
		w.line += ", open to objections until " + day(r.Until, c.Zone) + "."
		w.mine = r.By != c.Person.ID
	}
	return w, err
}

// deskDeed shows what waits for the board.
func (f feature) deskDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: deskPath, Summary: "What waits for the content board", Role: chat.Reviewer},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			all, err := waitingFor(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			m := chat.Message{Text: "**For the content board**", Note: "The board and the administrators see this."}
			if len(all) == 0 {
				m.Text += "\n\nNothing waits. Trainings and communities come here when somebody suggests one, and approvals before they end."
			}
			for n, w := range all {
				if n == 2*mostListed {
					m.Text += fmt.Sprintf("\n\nAnd %d more, when these are done.", len(all)-n)
					break
				}
				m.Text += "\n\n" + w.line
				m.Buttons = append(m.Buttons, w.button)
			}
			ids, err := board(tx)
			if err != nil {
				return chat.Outcome{}, err
			}
			var names []string
			for _, id := range ids {
				name, err := nameOf(tx, id)
				if err != nil {
					return chat.Outcome{}, err
				}
				names = append(names, name)
			}
			if len(names) > 0 {
				m.Text += "\n\nOn the board: " + chat.And(names) + "."
			}
			return chat.Answering(m), nil
		},
	}
}

// glance shows somebody of the board what waits for them, and nobody else anything.
func (f feature) glance(tx store.Tx, c deeds.Call) (deeds.Glance, error) {
	var g deeds.Glance
	if on, err := OnBoard(tx, c.Person.ID); err != nil || !on {
		return g, err
	}
	all, err := waitingFor(tx, c)
	if err != nil {
		return g, err
	}
	mine := slices.DeleteFunc(all, func(w waits) bool { return !w.mine })
	switch len(mine) {
	case 0:
		return g, nil
	case 1:
		g.Lines = []string{"One thing waits for the content board: " + mine[0].line}
	default:
		g.Lines = []string{fmt.Sprintf("%d things wait for the content board.", len(mine))}
	}
	g.Buttons = []chat.Button{{Label: "What waits for the board", Command: deskPath}}
	return g, nil
}

// zoneOf is the zone in which somebody reads.
func zoneOf(tx store.Tx, id string) (schedules.Zone, error) {
	p, _, err := people.Table.Find(tx, people.ID(id))
	if err != nil {
		return schedules.Zone{}, err
	}
	return cohorts.ZoneOf(tx, p)
}
