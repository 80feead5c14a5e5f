package main

// This file is what happened in the directory before the demonstration opens: a
// training that was objected to and approved, one that waits for the board, a
// community of practice that is listed, and a shelf.

func (p *play) directory() {
	in, week := channel("general"), p.explorersIn
	p.types(week(1, 1, 9, 0), "aroha", in, "/directory appoint person:@wiremu", nil)
	p.types(week(1, 1, 9, 5), "aroha", in, "/directory appoint person:@kiri", nil)

	p.types(week(2, 3, 19, 0), "sione", in, "/directory suggest", map[string]string{
		"title": "Chairing hard meetings", "provider": "The night school", "terms": "Three Tuesday evenings, pay what you can",
		"about": "How to lead a meeting of people who differ, so that each of them can take part. You practise on each other and talk about how it was.",
	})
	p.types(week(2, 4, 12, 0), "kiri", in, "/directory review", map[string]string{
		"verdict": "yes", "months": "12", "framework": "facilitation", "do": "diverse-groups",
		"found": "I sat in for an evening. Nobody lectures; they stop the meeting and ask who has not spoken.",
	}, "Review Chairing hard meetings", "Ask the board")
	p.presses(week(2, 5, 9, 0), "wiremu", private("wiremu"), "Object", map[string]string{
		"words": "It meets upstairs. Whoever can't climb stairs has no way in.",
	})
	p.presses(week(3, 0, 12, 0), "kiri", private("kiri"), "Answer it", map[string]string{
		"words": "I asked. From this term on they meet in the hall, on the ground floor, and it is on their page.",
	})
	p.presses(week(3, 1, 8, 0), "wiremu", private("wiremu"), "It was heard", nil)
	p.types(week(6, 1, 20, 0), "ana", private("ana"), "/directory done chairing", map[string]string{
		"words": "I wait now until somebody else fills the silence. It took three evenings to learn.",
	}, "It shows these")

	p.types(week(5, 2, 18, 0), "tui", in, "/directory offer", map[string]string{
		"name": "Front door people", "about": "People who are the first that others meet: at desks, gates and kitchens. We bring what went wrong and eat together.",
		"group": "elsewhere", "how": "Come to the library on the last Friday of the month, at six. Bring something to eat or nothing.",
	})
	p.types(week(5, 4, 12, 0), "kiri", in, "/directory review", map[string]string{
		"design":    "Whoever comes decides what is talked about, and the door key goes round.",
		"knowledge": "The newest one was asked first. They knew about ramps.",
		"learning":  "The one who began it asked the most.",
		"ways":      "Half of it was cooking. Somebody drew what she meant.", "verdict": "yes",
	}, "Look at Front door people", "List it")

	p.types(week(4, 1, 8, 30), "kiri", channel("explorers"), `/shelf keep what:"Ask the newest one first." use:"When the same three always answer" for:Explorers`, nil)
	p.types(week(8, 1, 19, 0), "tui", in, "/directory suggest", map[string]string{
		"title": "Minutes that people read", "provider": "The council's volunteer desk", "terms": "One Saturday, free",
		"about": "Writing down what a meeting decided so that people who were not there can act on it.",
	})
}
