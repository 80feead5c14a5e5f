package experiments

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Companion is somebody who walks alongside an experiment because its author
// asked. They read the hunch, what will be tried and how its author will know;
// which day it is; and at the end what was surprising. They never read with whom
// it is done, nor a daily note. Either may step back at any time.
type Companion struct {
	Experiment ID        `json:"experiment"`
	Person     people.ID `json:"person"`
	Asked      time.Time `json:"asked"`
	State      Walking   `json:"state"`
	Words      []string  `json:"words,omitempty"` // that they sent, as typed; empty where one was taken back
}

// Walking is how somebody stands to an experiment that they were asked about.
type Walking string

// The states of a companion.
const (
	Invited  Walking = "invited"
	Walks    Walking = "walks"
	Declined Walking = "declined"
	Parted   Walking = "parted"  // the author went on alone, or asked somebody else
	Stepped  Walking = "stepped" // the companion stepped back
)

// Companions keeps all companions, by [CompanionID].
var Companions = store.NewTable[string, Companion]("companions", 1,
	store.Index[Companion]{Name: "experiment", Keys: func(c Companion) [][]byte {
		return [][]byte{store.Key(string(c.Experiment), c.Asked)}
	}},
	store.Index[Companion]{Name: "person", Keys: func(c Companion) [][]byte {
		if c.State != Walks {
			return nil
		}
		return [][]byte{store.Key(string(c.Person), c.Asked)}
	}})

// CompanionID names somebody's place beside an experiment.
func CompanionID(e ID, p people.ID) string { return string(e) + "/" + string(p) }

// beside gives who walks alongside an experiment or is asked to; false where
// nobody in the group is. There is never more than one.
func (w whole) beside(tx store.Tx) (Companion, people.Person, bool, error) {
	for row, err := range Companions.By(tx, "experiment", string(w.ID)) {
		if err != nil {
			return Companion{}, people.Person{}, false, err
		}
		if s := row.Value.State; s != Walks && s != Invited {
			continue
		}
		_, here, err := cohorts.MemberOf(tx, w.Cohort, row.Value.Person)
		if err != nil {
			return Companion{}, people.Person{}, false, err
		}
		if here {
			p, err := people.Table.Get(tx, row.Value.Person)
			return row.Value, p, err == nil, err
		}
	}
	return Companion{}, people.Person{}, false, nil
}

// free ends what was open with anybody: the question is taken back from who has
// not answered it, and who has left the group is no longer beside.
func (w whole) free(tx store.Tx) error {
	for row, err := range Companions.By(tx, "experiment", string(w.ID)) {
		if err != nil {
			return err
		}
		if x := row.Value; x.State == Walks || x.State == Invited {
			x.State = Parted
			if err := x.put(tx); err != nil {
				return err
			}
		}
	}
	return outbox.Touch(tx, askKind, string(w.ID))
}

func (x Companion) put(tx store.Tx) error {
	return Companions.Put(tx, CompanionID(x.Experiment, x.Person), x)
}

// The moments of the short notes that a companion gets.
const (
	atStart  = "start"
	inMiddle = "middle"
	atEnd    = "end"
)

// noteTo has the companion told, when it suits them, where the experiment is.
func (w whole) noteTo(tx store.Tx, moment string, now time.Time) error {
	x, p, ok, err := w.beside(tx)
	if err != nil || !ok || x.State != Walks {
		return err
	}
	key := walkKind + "/" + CompanionID(w.ID, p.ID) + "/" + moment
	if err := outbox.Forget(tx, key); err != nil { // it was taken up again and ends anew
		return err
	}
	return tellWhenFit(tx, w.cohort, outbox.Item{Key: key, Kind: walkKind, Record: string(w.ID), Person: string(p.ID)}, now)
}

func companionDeed() deeds.Deed {
	field := chat.Field{Name: "person", Label: "Who might walk alongside", Kind: chat.Person, Required: true, Example: "@ben"}
	d := deed(walkPath, "Ask somebody of the group to walk alongside your experiment", chat.Member, false, field)
	d.Ask = func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
		w, err := alone(tx, c)
		if err != nil || c.Given.Has("person") {
			return nil, err
		}
		return &chat.Form{
			Title: "A companion", Fields: []chat.Field{field}, Submit: "Look it over", Record: string(w.ID),
			Intro: "A companion gets three short notes, at the start, in the middle and at the end, and may send you a word. Either of you may step back at any time.",
			Note:  companionReads + " Nobody is asked before you confirm.",
		}, nil
	}
	d.Run = func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
		w, err := alone(tx, c)
		if err != nil {
			return chat.Outcome{}, err
		}
		p := c.Given["person"].Person
		_, here, err := cohorts.MemberOf(tx, w.Cohort, p.ID)
		if err != nil {
			return chat.Outcome{}, err
		}
		name := chat.Plain(p.Name)
		before, err := Companions.Get(tx, CompanionID(w.ID, p.ID))
		switch {
		case err != nil && !errors.Is(err, store.ErrNotFound):
			return chat.Outcome{}, err
		case p.ID == w.Person:
			return chat.Outcome{}, deeds.RefuseField("person", "A companion is somebody else. Pick one of the group by @.")
		case !here:
			return chat.Outcome{}, deeds.RefuseField("person", "%s is not in %s. Pick somebody of the group.", name, chat.Plain(w.cohort.Name))
		case err == nil && before.State == Declined, err == nil && before.State == Stepped:
			return chat.Outcome{}, deeds.RefuseField("person", "%s can't walk alongside this one. You could ask somebody else.", name)
		}
		if !c.Sure {
			return deeds.ConfirmAbout(string(w.ID), name+" is asked in private, once, and can say no without a reason. "+companionReads, "Ask in private"), nil
		}
		if err := w.free(tx); err != nil {
			return chat.Outcome{}, err
		}
		x := Companion{Experiment: w.ID, Person: p.ID, Asked: c.Now, State: Invited}
		if err := x.put(tx); err != nil {
			return chat.Outcome{}, err
		}
		key := askKind + "/" + CompanionID(w.ID, p.ID)
		if err := outbox.Forget(tx, key); err != nil {
			return chat.Outcome{}, err
		}
		err = tellWhenFit(tx, w.cohort, outbox.Item{Key: key, Kind: askKind, Record: string(w.ID), Person: string(p.ID)}, c.Now)
		return chat.Say(name + " is asked, and I tell you what comes of it. Your experiment goes on either way."), err
	}
	return d
}

const companionReads = "A companion reads your hunch, what you will try and how you will know; which day it is; and at the end what surprised you. Never with whom you do it, and never your daily notes."

// alone gives the person's running experiment, unless somebody walks alongside.
func alone(tx store.Tx, c deeds.Call) (whole, error) {
	w, err := mine(tx, c)
	if err != nil {
		return w, err
	}
	x, p, ok, err := w.beside(tx)
	if err == nil && ok && x.State == Walks {
		err = &deeds.Error{
			Code: deeds.Conflict, Say: chat.Plain(p.Name) + " walks alongside already. You can go on alone, and ask somebody else then.",
			Buttons: []chat.Button{{Label: "Go on alone", Command: partPath, Record: string(w.ID)}},
		}
	}
	return w, err
}

// walking gives the experiment of a call that the person walks alongside, or is
// asked to.
func walking(tx store.Tx, c deeds.Call) (whole, Companion, error) {
	id, _ := parseDay(c.Record)
	x, err := Companions.Get(tx, CompanionID(id, c.Person.ID))
	if errors.Is(err, store.ErrNotFound) || err == nil && x.State == Parted {
		return whole{}, x, deeds.Refuse(deeds.Conflict, "Nothing is needed from you any more. /home shows what is going on for you.")
	}
	if err != nil {
		return whole{}, x, err
	}
	w, err := load(tx, id)
	if err == nil && !w.here {
		err = deeds.Refuse(deeds.Conflict, "%s has left %s, so nothing is needed from you any more. You can still write to them yourself.", chat.Plain(w.person.Name), chat.Plain(w.cohort.Name))
	}
	return w, x, err
}

func acceptDeed() deeds.Deed {
	d := deed(answerPath, "Say whether you walk alongside somebody's experiment", chat.Member, true)
	d.Run = func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
		w, x, err := walking(tx, c)
		if err != nil {
			return chat.Outcome{}, err
		}
		name := chat.Plain(w.person.Name)
		if x.State != Invited {
			return chat.Say("You have answered that already. /home shows what you walk alongside."), nil
		}
		if w.State != Going {
			return chat.Say(name + "’s experiment is over meanwhile, so nothing is needed from you."), nil
		}
		x.State = Declined
		if c.Choice == "yes" {
			x.State = Walks
		}
		if err := x.put(tx); err != nil {
			return chat.Outcome{}, err
		}
		if err := outbox.Touch(tx, askKind, string(w.ID)); err != nil {
			return chat.Outcome{}, err
		}
		if err := w.tellAuthor(tx, x, c.Now); err != nil {
			return chat.Outcome{}, err
		}
		if x.State == Declined {
			return chat.Say("That's fine. " + name + " hears only that it isn't possible this time."), nil
		}
		return chat.Answering(chat.Message{
			Text: "Then you walk alongside. " + w.standsWords() + "\n\n" + w.planWords(),
			Note: "Keep this between the two of you. " + name + " sees that it is you, and what you send.", Buttons: walkButtons(w),
		}), nil
	}
	return d
}

// tellAuthor lets the author of an experiment know how somebody stands to it now.
func (w whole) tellAuthor(tx store.Tx, x Companion, now time.Time) error {
	key := fmt.Sprintf("%s/%s/%s/%d", answerKind, CompanionID(w.ID, x.Person), x.State, x.Asked.Unix())
	return tellWhenFit(tx, w.cohort, outbox.Item{Key: key, Kind: answerKind, Record: string(w.ID), Person: string(w.Person)}, now)
}

// mostWords is how many words a companion can send: it is company, no channel.
const mostWords = 20

func wordDeed() deeds.Deed {
	field := chat.Field{Name: "text", Label: "Your word", Kind: chat.LongText, Required: true, Max: 1000}
	d := deed(wordPath, "Send a word to somebody whose experiment you walk alongside", chat.Member, true, field)
	d.Ask = func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
		w, _, err := walking(tx, c)
		if err != nil || c.Given.Has("text") && c.Path != deeds.ChangePath {
			return nil, err
		}
		return &chat.Form{
			Title: "A word", Fields: []chat.Field{field}, Submit: "Send it",
			Intro: "To " + chat.Plain(w.person.Name) + ", about what you read or wonder.", Note: chat.Plain(w.person.Name) + " reads it, with your name, and nobody else.",
		}, nil
	}
	d.Run = func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
		w, x, err := walking(tx, c)
		if err != nil {
			return chat.Outcome{}, err
		}
		if x.State != Walks || len(x.Words) >= mostWords {
			return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "I can't take that along any more. You could write to %s yourself.", chat.Plain(w.person.Name))
		}
		x.Words = append(x.Words, c.Given.Text("text"))
		if err := x.put(tx); err != nil {
			return chat.Outcome{}, err
		}
		err = tellWhenFit(tx, w.cohort, outbox.Item{
			Key: wordKind + "/" + CompanionID(w.ID, x.Person) + "/" + strconv.Itoa(len(x.Words)), Kind: wordKind, Record: string(w.ID), Person: string(w.Person),
		}, c.Now)
		return chat.Say("On its way to "+chat.Plain(w.person.Name)+", when it suits them.",
			chat.Button{Label: "Take it back", Command: unsayPath, Record: DayID(w.ID, len(x.Words))}), err
	}
	return d
}

// unsayDeed takes a word back that a companion sent; the record is the experiment
// and the number of the word.
func unsayDeed() deeds.Deed {
	d := deed(unsayPath, "Take back a word that you sent alongside an experiment", chat.Anyone, true)
	d.Run = func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
		id, n := parseDay(c.Record)
		x, err := Companions.Get(tx, CompanionID(id, c.Person.ID))
		if ignoreMissing(err) != nil {
			return chat.Outcome{}, err
		}
		if n < 1 || n > len(x.Words) || x.Words[n-1] == "" {
			return chat.Outcome{}, deeds.Refuse(deeds.NotFound, "That word is not there any more, so there is nothing to take back.")
		}
		x.Words[n-1] = ""
		if err := x.put(tx); err != nil {
			return chat.Outcome{}, err
		}
		return chat.Say("Taken back. It may have been read already."), outbox.Touch(tx, wordKind, string(id))
	}
	return d
}

// partDeed ends the company, from either side.
func partDeed() deeds.Deed {
	d := deed(partPath, "Step back from walking alongside, or go on alone", chat.Anyone, true)
	d.Run = func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
		id, _ := parseDay(c.Record)
		w, err := load(tx, id)
		if err != nil {
			return chat.Outcome{}, err
		}
		x, p, ok, err := w.beside(tx)
		switch {
		case err != nil:
			return chat.Outcome{}, err
		case ok && c.Person.ID == w.Person:
			if err := w.free(tx); err != nil {
				return chat.Outcome{}, err
			}
			if x.State == Walks {
				err = tellWhenFit(tx, w.cohort, outbox.Item{
					Key: answerKind + "/" + CompanionID(w.ID, p.ID) + "/alone/" + c.ID, Kind: answerKind, Record: string(w.ID), Person: string(p.ID),
				}, c.Now)
			}
			return chat.Say("You go on alone. "+chat.Plain(p.Name)+" gets no more notes.", chat.Button{Label: "Ask somebody else", Command: walkPath, Record: string(w.ID)}), err
		case ok && c.Person.ID == p.ID && x.State == Walks:
			x.State = Stepped
			if err := x.put(tx); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("You have stepped back. " + chat.Plain(w.person.Name) + " is told, without a reason."), w.tellAuthor(tx, x, c.Now)
		}
		return chat.Say("Nobody walks alongside that experiment now, so nothing has changed."), nil
	}
	return d
}
