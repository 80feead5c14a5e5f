package directory

import (
	"errors"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

const (
	seenByAll   = "everybody here once it is approved or listed; before that the content board"
	recordStays = "The record of a decision stays without your words. It no longer leads to you."
)

// holdings is what this package keeps about people.
func holdings() []deeds.Holding {
	return []deeds.Holding{
		deeds.Holds(Reviewers, deeds.Records[people.ID, Reviewer]{
			What: "that you are on the content board", Purpose: deeds.TakingPart, Seen: "the board and the administrators",
			Mine: func(id people.ID, _ Reviewer, p people.ID) bool { return id == p },
		}),
		deeds.Holds(Trainings, deeds.Records[TrainingID, Training]{
			What: "trainings that you suggested or retired", Purpose: deeds.Sharing, Seen: seenByAll,
			Stays: "A training that the board has decided about stays as you described it, since others rely on it. I no longer know that you suggested it.",
			Mine:  func(_ TrainingID, t Training, p people.ID) bool { return t.By == p || t.RetiredBy == p },
			Erase: func(tx store.Tx, p people.ID, _ TrainingID, t Training, _ time.Time) error {
				if t.State == Suggested {
					return t.forget(tx)
				}
				if t.RetiredBy == p {
					t.Why = ""
				}
				return errors.Join(Trainings.Put(tx, t.ID, t), touchKinds(tx, string(t.ID), suggestedKind, endingKind))
			},
		}),
		deeds.Holds(Objections, deeds.Records[string, Objection]{
			What: "your objections to reviews, and your answers to others'", Purpose: deeds.Sharing, Seen: seenByAll, Stays: recordStays,
			Mine: func(_ string, o Objection, p people.ID) bool { return o.By == p || o.Answerer == p },
			Show: func(_ store.Tx, p people.ID, o Objection) (any, error) {
				if o.By != p {
					o.Words = ""
				}
				if o.Answerer != p {
					o.Answer = ""
				}
				return o, nil
			},
			Erase: eraseObjection,
		}),
		deeds.Holds(Reviews, deeds.Records[ReviewID, Review]{
			What: "reviews of trainings that you wrote", Purpose: deeds.Sharing, Seen: seenByAll, Index: "person", Stays: recordStays,
			Erase: func(tx store.Tx, _ people.ID, _ ReviewID, r Review, now time.Time) error {
				if r.Draft() {
					return Reviews.Delete(tx, r.ID)
				}
				r.Found = ""
				if r.Open() { // nobody would answer for it
					return r.end(tx, Taken, now)
				}
				return errors.Join(Reviews.Put(tx, r.ID, r), touch(tx, r, nil), touchKinds(tx, string(r.ID), decidedKind))
			},
		}),
		deeds.Holds(Communities, deeds.Records[CommunityID, Community]{
			What: "communities of practice that you offered, or took off the list", Purpose: deeds.Sharing, Seen: seenByAll,
			Mine: func(_ CommunityID, x Community, p people.ID) bool { return x.By == p || x.RetiredBy == p },
			Show: func(_ store.Tx, p people.ID, x Community) (any, error) {
				if x.By != p {
					x.About, x.How, x.Link = "", "", ""
				}
				if x.RetiredBy != p {
					x.Why = ""
				}
				return x, nil
			},
			Stays: "A community that meets here stays listed once somebody has looked at it, by its group's name and without your words. One that meets elsewhere is taken off the list, since I no longer know how to join it.",
			Erase: eraseCommunity,
		}),
		deeds.Holds(Considerations, deeds.Records[string, Consideration]{
			What: "your notes on communities of practice", Purpose: deeds.Sharing, Seen: seenByAll, Index: "person", Stays: recordStays,
			Erase: func(tx store.Tx, _ people.ID, id string, n Consideration, _ time.Time) error {
				return Considerations.Put(tx, id, Consideration{ID: n.ID, Community: n.Community, By: n.By, At: n.At, Lists: n.Lists})
			},
		}),
	}
}

// eraseCommunity takes away what somebody wrote of a community that they offered,
// and how to join it. Where nothing was found of it yet it goes as a whole.
func eraseCommunity(tx store.Tx, p people.ID, _ CommunityID, x Community, _ time.Time) error {
	touched := touchKinds(tx, string(x.ID), offeredKind, listedKind)
	if x.RetiredBy == p {
		x.Why = ""
	}
	if x.By != p {
		return errors.Join(touched, Communities.Put(tx, x.ID, x))
	}
	notes, err := x.notes(tx)
	if err != nil {
		return err
	}
	if len(notes) == 0 {
		return errors.Join(touched, Communities.Delete(tx, x.ID))
	}
	g, there, err := cohorts.Table.Find(tx, x.Cohort)
	if err != nil {
		return err
	}
	x.Name, x.About, x.How, x.Link = g.Name, "", "", ""
	if !there {
		x.Name = "A community of practice"
		if x.State == Approved {
			x.State = Retired
		}
	}
	return errors.Join(touched, Communities.Put(tx, x.ID, x))
}

// eraseObjection takes somebody's words out of an objection. One of theirs that
// waits is lifted: nobody could say any more that it was heard.
func eraseObjection(tx store.Tx, p people.ID, _ string, o Objection, now time.Time) error {
	if o.Answerer == p {
		o.Answer, o.Answerer = "", ""
	}
	open := o.Open() && o.By == p
	if o.By == p {
		o.Words = ""
	}
	if open {
		o.Settled, o.How = now, Gone
	}
	if err := Objections.Put(tx, o.ID, o); err != nil {
		return err
	}
	r, there, err := Reviews.Find(tx, o.Review)
	if err != nil || !there {
		return err
	}
	if err := touch(tx, r, []Objection{o}); err != nil || !open {
		return err
	}
	_, err = conclude(tx, r, now)
	return err
}

// quote gives what somebody wrote, or says that it is no longer there.
func quote(words string) string {
	if words == "" {
		return "*These words were erased.*"
	}
	return chat.Quote(words)
}
