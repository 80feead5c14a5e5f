package main

import (
	"fmt"
	"time"
)

// lookTogether is how they look at the way they work together, in something that
// they do: at the start and on the way, in their own words, with a plan.
func (p *play) lookTogether() {
	in, week := channel("explorers"), p.explorersIn
	answers := func(t time.Time, who, says string) {
		fill := map[string]string{"sees": "group"}
		for i, n := range says {
			fill[fmt.Sprintf("s%d", i+1)] = string(n)
		}
		p.types(t, who, in, "/lens answer", fill)
	}
	p.types(week(3, 2, 9, 0), "ana", in, `/lens name name:"Sunday soup"`, nil, "Ask the group")
	answers(week(3, 2, 10, 0), "ana", "3224342323333323")
	answers(week(3, 2, 11, 0), "kiri", "2223343221323322")
	answers(week(3, 2, 12, 0), "sione", "4334354332434311")
	answers(week(3, 2, 18, 0), "tui", "2212232122222212")
	answers(week(3, 3, 9, 0), "mere", "3334443323343322")
	answers(week(3, 3, 10, 0), "wiremu", "3223333222323221")
	p.types(week(3, 4, 9, 0), "wiremu", in, "/lens picture", nil, "Make the picture", "Make the picture")

	p.types(week(5, 1, 12, 0), "kiri", in, "/lens suggest", map[string]string{"statement": "organised-4", "words": "We put it on the door, and we ring whoever is not there."})
	p.presses(week(5, 1, 13, 0), "ana", in, "I'd say it differently", map[string]string{"words": "We put it on the door, and somebody tells whoever is not there."})
	p.presses(week(5, 1, 19, 0), "kiri", in, "That is it", nil)
	p.presses(week(5, 2, 8, 0), "sione", in, "That is it", nil)

	brings := func(t time.Time, who, brings, role, covers string) {
		p.types(t, who, in, "/lens part", map[string]string{"brings": brings, "role": role, "covers": covers})
	}
	brings(week(5, 4, 9, 0), "ana", "Knows everyone who comes, and who doesn't any more.", "rings people", "inclusive")
	brings(week(5, 4, 12, 0), "kiri", "The van, and four folding tables.", "fetches and carries", "organised")
	brings(week(5, 4, 17, 0), "sione", "A voice that fills the hall, and the patience of a choir.", "begins and ends", "confident")
	brings(week(5, 5, 10, 0), "tui", "Has just come, and sees what the others no longer see.", "asks", "organised")

	step := func(t time.Time, who, statement, what string, due time.Time) {
		p.types(t, who, in, "/lens add", map[string]string{"statement": statement, "what": what, "when": date(due)})
	}
	step(week(6, 0, 9, 0), "kiri", "organised-4", "A slate by the door, with next Sunday on it", week(7, 4, 0, 0))
	step(week(6, 0, 12, 0), "ana", "inclusive-2", "Soup without meat every other time", week(8, 4, 0, 0))
	step(week(6, 1, 9, 0), "wiremu", "influential-2", "Ask who decides about the hall", week(9, 2, 0, 0))
	p.types(week(7, 4, 12, 30), "kiri", in, "/lens plan", nil, "Step 1", "Done")

	p.types(week(7, 5, 9, 0), "wiremu", in, "/lens picture", nil, "Look again, in the middle", "Ask the group")
	answers(week(7, 5, 10, 0), "ana", "4334343434343423")
	answers(week(7, 5, 12, 0), "kiri", "3333343434334322")
	answers(week(7, 5, 18, 0), "sione", "4344354334444412")
	answers(week(7, 6, 9, 0), "tui", "3323342334323222")
	answers(week(7, 6, 10, 0), "wiremu", "4333343333433321")
	p.types(week(8, 0, 8, 30), "wiremu", in, "/lens picture", nil, "Make the picture", "Make the picture")
}
