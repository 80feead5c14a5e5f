package bot

import (
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/jobs"
	"cohortbot/bot/links"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// groundHoldings is what the bot itself keeps about people, beside its features.
// It is erased after theirs: the person's own record last, and that as a stub.
func groundHoldings() []deeds.Holding {
	ours := func(texts ...string) func(people.ID) bool {
		return func(p people.ID) bool {
			return slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(t, string(p)) })
		}
	}
	return []deeds.Holding{
		donesHolding(),
		deeds.Holds(drafts, deeds.Records[chat.FormID, Draft]{
			What: "forms that you began, until you hand them in", Purpose: deeds.Running, Seen: "nobody but you",
			Mine: func(_ chat.FormID, d Draft, p people.ID) bool { return d.Person == p },
		}),
		{
			Table: events.Name(), What: "what I answered in the last hours, so that a press that comes twice counts once",
			Purpose: deeds.Running, Seen: "nobody but you; it is gone after two hours",
			Of:    func(store.Tx, people.ID) ([]deeds.Held, error) { return nil, nil }, // it is kept under the platform's own ids
			Erase: func(store.Tx, people.ID, time.Time) error { return nil },           // anybody's may show them: scrub does
		},
		deeds.Holds(links.Table, deeds.Records[links.ID, links.Link]{
			What: "addresses of pages that were made for you", Purpose: deeds.Running, Seen: "whoever you gave one to", First: true,
			Of: func(tx store.Tx, p people.ID) ([]links.ID, error) {
				x, err := people.Table.Get(tx, p)
				if err != nil {
					return nil, err
				}
				var ids []links.ID
				for row, err := range links.Table.All(tx) {
					if err != nil {
						return nil, err
					}
					if slices.Contains(x.Accounts, row.Value.Guest()) || ours(row.Value.Record)(p) {
						ids = append(ids, row.ID)
					}
				}
				return ids, nil
			},
			Show: func(_ store.Tx, _ people.ID, l links.Link) (any, error) { l.Token = ""; return l, nil },
		}),
		deeds.Holds(jobs.Table, deeds.Records[string, jobs.Job]{
			What: "what is still to be done for you, such as reminders", Purpose: deeds.Running, Seen: "nobody",
			Mine: func(key string, j jobs.Job, p people.ID) bool { return ours(key, j.Record)(p) },
		}),
		deeds.Holds(outbox.Table, deeds.Records[string, outbox.Item]{
			What: "which messages I sent you in private, or am about to", Purpose: deeds.Running, Seen: "nobody but you",
			Stays: "What stands in our private messages stays there, where the platform keeps it for you; you can delete it there.",
			Mine:  func(_ string, i outbox.Item, p people.ID) bool { return i.Person == string(p) },
		}),
		deeds.Holds(people.Table, deeds.Records[people.ID, people.Person]{
			What: "who you are here: your name, your accounts, and how you want to be reached", Purpose: deeds.Running, Seen: "the members of your groups, as a name",
			Stays: "An id at random that leads to nobody stays, so that what others did with you does not break.",
			Mine:  func(id people.ID, _ people.Person, p people.ID) bool { return id == p },
			Erase: func(tx store.Tx, p people.ID, _ people.ID, _ people.Person, now time.Time) error {
				return people.Erase(tx, p, now)
			},
		}),
	}
}
