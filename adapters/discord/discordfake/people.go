package discordfake

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// File is something that a person uploads, or sees.
type File struct {
	ID, Name, Kind, Description, URL string
	Data                             []byte
}

// ErrNotVisible says that a person cannot do this: they do not see the place,
// or may not write there.
var ErrNotVisible = errors.New("not visible or not allowed")

func (s *Server) who(userID, channelID string, want int64) (*user, *channel, error) {
	u, c := s.users[userID], s.channels[channelID]
	if u == nil || c == nil || s.may(u.ID, c)&(want|ViewChannel) != want|ViewChannel {
		return nil, nil, fmt.Errorf("user %s in %s: %w", userID, channelID, ErrNotVisible)
	}
	if c.archived && want&(UseApplicationCommand|AddReactions) != 0 {
		return nil, nil, fmt.Errorf("thread %s is archived: %w", channelID, ErrNotVisible)
	}
	if c.kind == PrivateThread && !slices.Contains(c.members, u.ID) && s.may(u.ID, c)&ManageThreads == 0 {
		return nil, nil, fmt.Errorf("user %s is not in private thread %s: %w", userID, channelID, ErrNotVisible)
	}
	return u, c, nil
}

// Say posts as a person and returns the message's id.
func (s *Server) Say(userID, channelID, text string, files ...File) (string, error) {
	return s.Reply(userID, channelID, "", text, files...)
}

// Reply posts as a person in answer to a message.
func (s *Server) Reply(userID, channelID, to, text string, files ...File) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[channelID]
	if c == nil {
		return "", fmt.Errorf("channel %s: %w", channelID, ErrNotVisible)
	}
	u, c, err := s.who(userID, channelID, c.sending())
	if err != nil {
		return "", err
	}
	if utf8.RuneCountInString(text) > 2000 {
		return "", fmt.Errorf("%d characters, and people may type 2000", utf8.RuneCountInString(text))
	}
	if c.archived {
		if c.locked {
			return "", fmt.Errorf("thread %s is locked: %w", channelID, ErrNotVisible)
		}
		s.unarchive(c)
	}
	m := &message{channel: c, author: u, content: strings.TrimSpace(text)}
	m.mentions = pings(text, nil, c.guild != nil && s.may(u.ID, c)&MentionEveryone != 0)
	if to != "" {
		m.kind = 19
		if m.reply = c.find(to); m.reply == nil {
			return "", fmt.Errorf("message %s: %w", to, ErrNotVisible)
		}
		if id := m.reply.author.ID; id != u.ID && !slices.Contains(m.mentions.users, id) {
			m.mentions.users = append(m.mentions.users, id)
		}
	}
	for _, f := range files {
		up := s.keep(f.Name, f.Kind, f.Description, f.Data)
		up.channel = c.id
		m.attachments = append(m.attachments, up)
	}
	s.put(m)
	return m.id, nil
}

func (s *Server) own(userID, channelID, messageID string) (*message, error) {
	c := s.channels[channelID]
	if c == nil {
		return nil, fmt.Errorf("channel %s: %w", channelID, ErrNotVisible)
	}
	m := c.find(messageID)
	if m == nil || m.author.ID != userID {
		return nil, fmt.Errorf("message %s of user %s: %w", messageID, userID, ErrNotVisible)
	}
	return m, nil
}

// EditSaid changes what a person said.
func (s *Server) EditSaid(userID, channelID, messageID, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.own(userID, channelID, messageID)
	if err != nil {
		return err
	}
	if m.channel.archived {
		return fmt.Errorf("thread %s is archived: %w", channelID, ErrNotVisible)
	}
	m.content, m.edited = strings.TrimSpace(text), s.now()
	m.mentions = pings(text, nil, false)
	s.touch(m)
	return nil
}

// DeleteSaid deletes what a person said, or anything if they may moderate.
func (s *Server) DeleteSaid(userID, channelID, messageID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.own(userID, channelID, messageID)
	if err != nil {
		c := s.channels[channelID]
		if c == nil || s.may(userID, c)&ManageMessages == 0 || c.find(messageID) == nil {
			return err
		}
		m = c.find(messageID)
	}
	s.remove(m)
	return nil
}

// React adds a person's reaction.
func (s *Server) React(userID, channelID, messageID, emoji string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, c, err := s.who(userID, channelID, AddReactions)
	if err != nil {
		return err
	}
	m := c.find(messageID)
	if m == nil {
		return fmt.Errorf("message %s: %w", messageID, ErrNotVisible)
	}
	s.react(m, userID, emoji, true)
	return nil
}

// StartThread starts a public thread as a person, from a message where its id
// is given, and returns the thread's id.
func (s *Server) StartThread(userID, channelID, messageID, name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, c, err := s.who(userID, channelID, CreatePublicThreads)
	if err != nil {
		return "", err
	}
	var from *message
	if messageID != "" {
		if from = c.find(messageID); from == nil || from.thread != nil {
			return "", fmt.Errorf("no thread on message %s: %w", messageID, ErrNotVisible)
		}
	}
	return s.thread(c, from, name, PublicThread, 1440, userID).id, nil
}
