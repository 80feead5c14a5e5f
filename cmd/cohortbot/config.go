package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"

	"cohortbot/adapters/web"
	"cohortbot/schedules"
)

// Config is the configuration file. A key has the name in its yaml tag; help says
// what it is for and example what it may look like, and docs/configuration.md is
// made from both. Keys marked need must be there.
type Config struct {
	Data        dataFolder    `yaml:"data" need:"yes" help:"The folder for everything that is kept: what people wrote, and when the next post is due. Relative to this file. It is made where it is missing, and only one cohortbot at a time may use it." example:"./data"`
	Log         Log           `yaml:"log" help:"What the program tells whoever runs it, on standard error. It holds ids and times, never what people wrote."`
	Holidays    []Holiday     `yaml:"holidays" help:"Days on which no prompt goes out; it waits for the next day that is none. A new cohort takes the list over as it stands on the day that the cohort is started."`
	Programmes  []string      `yaml:"programmes" help:"Programme files of your own, beside those that are built in. Relative to this file." example:"./our-programme.yaml"`
	Frameworks  []string      `yaml:"frameworks" help:"Competency frameworks of your own, beside those that are built in, such as the official wording of one. Relative to this file. \"cohortbot framework import\" makes one of a CASE package." example:"./our-framework.yaml"`
	Chapters    []string      `yaml:"chapters" help:"Chapters of questions to think about of your own, after those that come along; one with the id of such a one takes its place. Relative to this file. \"cohortbot chapter show\" prints one to begin from." example:"./our-chapter.yaml"`
	Evidence    *Evidence     `yaml:"evidence" help:"What is kept of the files that members keep as evidence. They stand in the data folder, in its folder files."`
	Retention   *Keeping      `yaml:"retention" help:"How long things are kept that nobody deleted or had erased. People are told a month before what they wrote in a group goes."`
	Slack       []SlackSpace  `yaml:"slack" help:"The Slack workspaces that the bot is in, each with the two tokens of its app. \"cohortbot manifest slack\" prints what to make the app from."`
	Discord     *DiscordSpace `yaml:"discord" help:"The Discord servers that the bot is in. \"cohortbot manifest discord\" prints how to invite it."`
	Pages       *Pages        `yaml:"pages" help:"What people read without an account, such as the calendar that they subscribe to. Without this section there are no such pages, and the bot says so where somebody asks."`
	Backup      *Backups      `yaml:"backup" help:"A backup each day, by the program itself. Without this section there is none but what \"cohortbot backup\" makes."`
	Health      *HealthCheck  `yaml:"health" help:"How machines learn that the program runs and does its work. Without this section nothing is served."`
	Local       *LocalSpace   `yaml:"local" help:"A workspace in the browser, on this machine only, for trying the bot out: anybody who can open its address can be any of its people."`
	Credentials *Credentials  `yaml:"credentials" help:"In whose name members are given credentials when an assessor has decided that a portfolio meets what is asked. Without this section they are the programme's own, signed with a key that is made in the data folder."`
}

// Log is what the program says about itself.
type Log struct {
	Level  logLevel  `yaml:"level" help:"The least that is worth a line: debug, info, warn or error." default:"info" example:"info"`
	Format logFormat `yaml:"format" help:"json for machines, text for reading." default:"json" example:"json"`
}

// Holiday is one day on which no prompt goes out.
type Holiday struct {
	Date schedules.Date `yaml:"date" need:"yes" help:"The day, as year, month and day." example:"2027-02-06"`
	Name string         `yaml:"name" need:"yes" help:"What people call it; it is shown beside the date that makes way for it." example:"Waitangi Day"`
}

// SlackSpace is one workspace in Slack.
type SlackSpace struct {
	AppToken secret `yaml:"app_token" need:"yes" help:"Where the app-level token (xapp-…) is kept: env: and the name of a variable, or file: and a path. The token itself is never written here." example:"env:SLACK_APP_TOKEN"`
	BotToken secret `yaml:"bot_token" need:"yes" help:"Where the bot token (xoxb-…) is kept, in the same way." example:"file:./slack-bot-token"`
}

// DiscordSpace is the servers in Discord that one bot is in.
type DiscordSpace struct {
	Token          secret   `yaml:"token" need:"yes" help:"Where the bot's token is kept, in the same way as Slack's." example:"file:./discord-token"`
	Servers        []string `yaml:"servers" need:"yes" help:"The ids of the servers. With Developer Mode on, right-click a server and choose Copy Server ID." example:"1130650140672000000"`
	MessageContent bool     `yaml:"message_content" help:"Whether the Message Content Intent is switched on in the developer portal. With it, people can answer by a message in a thread; without it they answer by buttons and directly." default:"false" example:"true"`
	Members        bool     `yaml:"members" help:"Whether the Server Members Intent is switched on there. With it, people are known as soon as they join." default:"false" example:"true"`
}

// Pages is where the pages are for people without an account.
type Pages struct {
	Address listenAddress `yaml:"address" need:"yes" help:"Where the pages are served: a host and a port. Put a web server with a certificate in front of it." example:"127.0.0.1:8090"`
	BaseURL baseURL       `yaml:"base_url" need:"yes" help:"The same place as people reach it from outside; what the bot hands out begins with it." example:"https://cohortbot.example.org"`
	Join    string        `yaml:"join" help:"How somebody without an account gets one in your workspace, such as the address of an invitation: shown to those who registered interest on a page. Without it they are told to ask." example:"https://join.example.org"`
}

// LocalSpace is the workspace in the browser.
type LocalSpace struct {
	Address  address   `yaml:"address" help:"Where the browser finds it: a loopback address and a port." default:"127.0.0.1:8080" example:"127.0.0.1:8080"`
	People   []Person  `yaml:"people" need:"yes" help:"Who is there. At least one of them is an admin, who can appoint the first facilitator."`
	Channels []Channel `yaml:"channels" need:"yes" help:"The channels where groups can meet."`
}

// Person is an account in the local workspace.
type Person struct {
	ID    accountName    `yaml:"id" need:"yes" help:"A short name in lower case, unique among the people." example:"aroha"`
	Name  string         `yaml:"name" help:"The name that others see; the id with a capital where it is missing." example:"Aroha"`
	Zone  schedules.Zone `yaml:"zone" help:"The time zone that the person lives in, by its name or a large city; UTC where it is missing." example:"Pacific/Auckland"`
	Admin bool           `yaml:"admin" help:"Whether the person administers the workspace." default:"false" example:"true"`
}

// Channel is a channel of the local workspace, which all its people can read.
type Channel struct {
	ID    accountName `yaml:"id" need:"yes" help:"The channel's name, without the #." example:"explorers"`
	Topic string      `yaml:"topic" help:"What it is for." example:"Where the Explorers meet"`
}

func defaults() Config {
	return Config{Log: Log{Level: logLevel(slog.LevelInfo), Format: "json"}}
}

// calendar gives the holidays in the form that cohorts take over.
func (c Config) calendar() schedules.Calendar {
	var days schedules.Calendar
	for _, h := range c.Holidays {
		days = append(days, schedules.Span{From: h.Date, To: h.Date, Name: h.Name})
	}
	return days
}

type dataFolder string

// UnmarshalText takes any path that is not empty.
func (d *dataFolder) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		return fmt.Errorf("a folder is expected; for example ./data")
	}
	*d = dataFolder(text)
	return nil
}

// secret names where a token is kept: "env:NAME" or "file:PATH".
type secret string

// UnmarshalText takes the name of a place. What may be a token itself is refused,
// and not repeated.
func (s *secret) UnmarshalText(text []byte) error {
	where, name, _ := strings.Cut(string(text), ":")
	if (where != "env" && where != "file") || strings.TrimSpace(name) == "" {
		return fmt.Errorf("a token does not stand in the configuration itself; write where it is kept, for example env:SLACK_APP_TOKEN or file:./slack-app-token")
	}
	*s = secret(text)
	return nil
}

// read gives the token. beside makes the path of a file whole.
func (s secret) read(beside func(string) string) (string, error) {
	where, name, _ := strings.Cut(string(s), ":")
	if where == "env" {
		token := strings.TrimSpace(os.Getenv(name))
		if token == "" {
			return "", fmt.Errorf("the variable %s is not set where the program runs", name)
		}
		return token, nil
	}
	text, err := os.ReadFile(beside(name))
	if err != nil {
		return "", errors.New(strings.TrimSuffix("the file "+name+" cannot be read: "+lowerFirst(unreadable(err)), "."))
	}
	token := strings.TrimSpace(string(text))
	if token == "" {
		return "", fmt.Errorf("the file %s is empty", name)
	}
	return token, nil
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

type logLevel slog.Level

// UnmarshalText takes one of four levels.
func (l *logLevel) UnmarshalText(text []byte) error {
	var level slog.Level
	if err := level.UnmarshalText(text); err != nil {
		return fmt.Errorf("%q is no level of the log; write debug, info, warn or error", text)
	}
	*l = logLevel(level)
	return nil
}

type logFormat string

// UnmarshalText takes one of the two formats.
func (f *logFormat) UnmarshalText(text []byte) error {
	if s := string(text); s != "json" && s != "text" {
		return fmt.Errorf("%q is no format of the log; write json or text", s)
	}
	*f = logFormat(text)
	return nil
}

type accountName string

var accountNames = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

// UnmarshalText takes what the local workspace takes for the id of a person or
// a channel.
func (n *accountName) UnmarshalText(text []byte) error {
	if !accountNames.Match(text) {
		return fmt.Errorf("%q is no id; write at most 32 lower-case letters, digits and hyphens, for example aroha or cohort-1", text)
	}
	*n = accountName(text)
	return nil
}

// address is a host and a port on the loopback.
type address string

const defaultAddress = address("127.0.0.1:8080")

// UnmarshalText takes a loopback address. The local workspace has no passwords,
// so that it must not be reachable from elsewhere.
func (a *address) UnmarshalText(text []byte) error {
	host, port, err := net.SplitHostPort(string(text))
	if err != nil {
		return fmt.Errorf("%q is no address; write host and port, for example %s", text, defaultAddress)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("%q is no port; write a number from 1 to 65535 (0 takes a free one), for example %s", port, defaultAddress)
	} else if host == "" {
		return fmt.Errorf("%q would be open to every machine around; name this one, for example 127.0.0.1:%d", text, n)
	}
	if ip := net.ParseIP(host); !strings.EqualFold(host, "localhost") && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("%q is not this machine alone: anybody who reaches the workspace can be any of its people, so it takes loopback addresses only; for example 127.0.0.1:%s", host, port)
	}
	*a = address(text)
	return nil
}

// listenAddress is a host and a port, reachable from wherever it is.
type listenAddress string

// UnmarshalText takes a host and a port; no host is every network of the machine.
func (a *listenAddress) UnmarshalText(text []byte) error {
	_, port, err := net.SplitHostPort(string(text))
	if err != nil {
		return fmt.Errorf("%q is no address; write host and port, for example 127.0.0.1:8090", text)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("%q is no port; write a number from 1 to 65535 (0 takes a free one), for example 8090", port)
	}
	*a = listenAddress(text)
	return nil
}

// baseURL is where something is reached from outside, without a slash at the end.
type baseURL string

// UnmarshalText takes an https address, or an http one of this machine alone:
// what is handed out is a secret, and must not travel in the open.
func (b *baseURL) UnmarshalText(text []byte) error {
	u, err := url.Parse(string(text))
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return fmt.Errorf("%q is no address of a web site; write one such as https://cohortbot.example.org", text)
	}
	ip := net.ParseIP(u.Hostname())
	here := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme != "https" && (u.Scheme != "http" || !here) {
		return fmt.Errorf("%q would send secrets in the open; write an address that begins with https://", text)
	}
	*b = baseURL(strings.TrimSuffix(u.String(), "/"))
	return nil
}

// botAccount is the account that the bot itself has in the local workspace.
const botAccount = accountName(web.BotID)
