package cohorts

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
)

// This file understands which week somebody means: picked from a list by its id,
// brought along by a button, or typed as people name weeks ("5", "week 5", "next",
// a title).

var weekNumber = regexp.MustCompile(`^(?:after )?(?:the )?(?:week|wk|no\.?)? ?#?(\d{1,3})\.?$`)

// TypedWeek finds the week that is meant. Where nothing fits, or more than one
// title does, the refusal says what would work.
func TypedWeek(dates []Dated, typed, field string) (Dated, error) {
	if d, ok := Find(dates, WeekID(typed)); ok {
		return d, nil
	}
	text := strings.ToLower(strings.Join(strings.Fields(typed), " "))
	if text == "next" || text == "the next" || text == "next week" {
		if d, ok := Next(dates); ok {
			return d, nil
		}
	}
	if m := weekNumber.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1])
		if i := slices.IndexFunc(dates, func(d Dated) bool { return d.Number == n && n > 0 }); i >= 0 {
			return dates[i], nil
		}
		return Dated{}, deeds.RefuseField(field, "There is no week %d. %s", n, whichWeeks(dates))
	}
	var found []Dated
	for _, same := range []func(title string) bool{
		func(title string) bool { return title == text },
		func(title string) bool { return strings.HasPrefix(title, text) },
		func(title string) bool { return strings.Contains(title, text) },
	} {
		for _, d := range dates {
			if same(strings.ToLower(d.Title)) {
				found = append(found, d)
			}
		}
		if len(found) > 0 {
			break
		}
	}
	switch len(found) {
	case 0:
		return Dated{}, deeds.RefuseField(field, "I found no week called “%s”. %s", chat.Plain(typed), whichWeeks(dates))
	case 1:
		return found[0], nil
	}
	return Dated{}, deeds.RefuseField(field, "More than one week fits “%s”: %s and %s. Use the number, such as 5.", chat.Plain(typed), found[0].Label(), found[1].Label())
}

// whichWeeks says which numbers would work.
func whichWeeks(dates []Dated) string {
	last := 0
	for _, d := range dates {
		last = max(last, d.Number)
	}
	next, ok := Next(dates)
	switch {
	case last == 0:
		return "The plan has no weeks yet; /plan insert adds one."
	case !ok:
		return "All " + strconv.Itoa(last) + " weeks have gone out; /plan insert adds another."
	case next.Number == last:
		return "Only week " + strconv.Itoa(last) + " is ahead."
	}
	return "Weeks " + strconv.Itoa(next.Number) + " to " + strconv.Itoa(last) + " are ahead. Name one by its number, such as " + strconv.Itoa(next.Number) + "."
}

// meantWeek finds the week of a deed: given, else brought by the button, else the
// next one. The refusal of the last says that none is ahead.
func meantWeek(c deeds.Call, dates []Dated) (Dated, error) {
	if typed := c.Given.Text("week"); typed != "" {
		return TypedWeek(dates, typed, "week")
	}
	if _, id := ParseWeekRecord(c.Record); id != "" {
		if d, ok := Find(dates, id); ok {
			return d, nil
		}
		return Dated{}, deeds.Refuse(deeds.NotFound, "That week is no longer in the plan. /plan show has the weeks as they are now.")
	}
	if d, ok := Next(dates); ok {
		return d, nil
	}
	return Dated{}, deeds.Refuse(deeds.NotFound, "No week is ahead. /plan insert adds one.")
}

// namesWeek tells whether a deed says which week it is about.
func namesWeek(c deeds.Call) bool {
	_, id := ParseWeekRecord(c.Record)
	return id != "" || c.Given.Has("week")
}

// weekField asks for a week in a form, from what is stored.
func weekField(name, label string, dates []Dated, offer func(Dated) bool) chat.Field {
	f := chat.Field{Name: name, Label: label, Kind: chat.Choice, Required: true}
	for _, d := range dates {
		if offer(d) {
			f.Options = append(f.Options, chat.Option{Value: string(d.ID), Label: optionLabel(d)})
		}
	}
	return f
}

// optionLabel names a week in a list, where no mark-up is read.
func optionLabel(d Dated) string { return chat.Short(d.Heading(), 75) }

func isAhead(d Dated) bool { return d.Ahead() }

// typedPhase finds the phase that is meant: by its id, its title, or the start of
// one.
func typedPhase(c Cohort, typed string) (id, title string, err error) {
	text := strings.ToLower(strings.Join(strings.Fields(typed), " "))
	var names []string
	for _, exact := range []bool{true, false} {
		names = names[:0]
		for _, p := range c.Programme.Phases {
			name := strings.ToLower(p.Title)
			if p.ID == text || name == text || !exact && (strings.HasPrefix(name, text) || strings.HasPrefix(p.ID, text)) {
				return p.ID, p.Title, nil
			}
			names = append(names, chat.Plain(p.Title))
		}
	}
	if len(names) == 0 {
		return "", "", deeds.Refuse(deeds.NotFound, "This programme has no phases. /plan insert adds a single week, /plan skip leaves one out.")
	}
	return "", "", deeds.RefuseField("phase", "I found no phase called “%s”. There are: %s.", chat.Plain(typed), strings.Join(names, ", "))
}
