package programmes

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cohortbot/bot/yamlfile"
)

// The limits of a portfolio.
const (
	mostParts = 12
	mostSlots = 6
)

const currencyPattern = `^[A-Z]{3}$`

var currencyForm = regexp.MustCompile(currencyPattern)

func (r reader) portfolio(p Portfolio) {
	r.Text(p.Title, "portfolio.title", MaxTitle, true)
	r.Text(p.About, "portfolio.about", maxText, false)
	r.ID(p.Framework, "portfolio.framework", "the id of the framework whose criteria it is judged by, such as facilitation")
	if n := len(p.Parts); n == 0 || n > mostParts {
		r.Note("portfolio.parts", "A portfolio has 1 to %d parts; this has %d.", mostParts, n)
	}
	r.parts(p.Parts)
	r.slots(p)
	var bands []string
	for i, b := range p.Hours {
		at := fmt.Sprintf("portfolio.hours[%d]", i)
		r.ID(b.ID, at+".id", "what hours are logged under, such as practice")
		r.Twice(bands, b.ID, at+".id", "band")
		bands = append(bands, b.ID)
		r.Text(b.Title, at+".title", MaxTitle, true)
		if b.From < 0 || b.To < b.From || b.To > maxHours {
			r.Note(at, "A band goes from a number of hours to a larger one, such as from: 20, to: 40.")
		}
	}
	if f := p.Fee; f != (Fee{}) && (f.Amount <= 0 || !currencyForm.MatchString(f.Currency)) {
		r.Note("portfolio.fee", `A fee is an amount and three letters of a currency, such as amount: 199, currency: NZD.`)
	}
	if p.Scholarships < 0 || p.Scholarships > maxScholarships {
		r.Note("portfolio.scholarships", "How many scholarships there are should be a number from 0 to %d.", maxScholarships)
	}
	if c := p.Credential; c != (Credential{}) {
		r.Text(c.Name, "portfolio.credential.name", MaxTitle, true)
		r.Text(c.Says, "portfolio.credential.says", maxText, true)
		r.Text(c.Awarded, "portfolio.credential.awarded_by", MaxTitle, false)
	}
}

func (r reader) parts(all []Part) {
	var ids, kinds []string
	for _, k := range PartKinds {
		kinds = append(kinds, string(k))
	}
	for i, p := range all {
		at := fmt.Sprintf("portfolio.parts[%d]", i)
		r.ID(p.ID, at+".id", "such as case-study")
		r.Twice(ids, p.ID, at+".id", "part")
		ids = append(ids, p.ID)
		r.Text(p.Title, at+".title", MaxTitle, true)
		r.Text(p.Ask, at+".ask", maxText, false)
		if r.Text(string(p.Holds), at+".holds", MaxTitle, true) && !slices.Contains(PartKinds, p.Holds) {
			r.Note(at+".holds", "I don't know %q as something to hold. %s", p.Holds, yamlfile.Meant(string(p.Holds), kinds, "There are "+strings.Join(kinds, ", ")+"."))
		}
	}
}

func (r reader) slots(p Portfolio) {
	if len(p.Slots) > mostSlots {
		r.Note("portfolio.slots", "A portfolio has at most %d slots.", mostSlots)
	}
	if len(p.Slots) > 0 && !slices.ContainsFunc(p.Parts, func(x Part) bool { return x.Holds == HoldsAttestations }) {
		r.Note("portfolio.slots", "There are slots for attestations, and no part that holds them. Add a part with holds: attestations.")
	}
	var ids, roles []string
	for _, x := range Roles {
		roles = append(roles, string(x))
	}
	for i, s := range p.Slots {
		at := fmt.Sprintf("portfolio.slots[%d]", i)
		r.ID(s.ID, at+".id", "such as participants")
		r.Twice(ids, s.ID, at+".id", "slot")
		ids = append(ids, s.ID)
		r.Text(s.Title, at+".title", MaxTitle, true)
		if s.Least < 0 || s.Least > 20 {
			r.Note(at+".least", "How many are needed should be a number from 1 to 20.")
		}
		if len(s.Roles) == 0 {
			r.Note(at+".roles", "Whose word counts here? There are %s.", strings.Join(roles, ", "))
		}
		for j, role := range s.Roles {
			if !slices.Contains(Roles, role) {
				r.Note(fmt.Sprintf("%s.roles[%d]", at, j), "I don't know the role %q. %s", role, yamlfile.Meant(string(role), roles, "There are "+strings.Join(roles, ", ")+"."))
			}
		}
	}
}
