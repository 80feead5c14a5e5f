package discordfake

import "slices"

// Permissions by Discord's names.
const (
	AddReactions          int64 = 1 << 6
	Administrator         int64 = 1 << 3
	ManageChannels        int64 = 1 << 4
	ManageGuild           int64 = 1 << 5
	ViewChannel           int64 = 1 << 10
	SendMessages          int64 = 1 << 11
	ManageMessages        int64 = 1 << 13
	EmbedLinks            int64 = 1 << 14
	AttachFiles           int64 = 1 << 15
	ReadMessageHistory    int64 = 1 << 16
	MentionEveryone       int64 = 1 << 17
	Connect               int64 = 1 << 20
	ManageRoles           int64 = 1 << 28
	UseApplicationCommand int64 = 1 << 31
	ManageEvents          int64 = 1 << 33
	ManageThreads         int64 = 1 << 34
	CreatePublicThreads   int64 = 1 << 35
	CreatePrivateThreads  int64 = 1 << 36
	SendInThreads         int64 = 1 << 38
	CreateEvents          int64 = 1 << 44
	PinMessages           int64 = 1 << 51

	// Everyday is what the @everyone role of a new guild has.
	Everyday = AddReactions | ViewChannel | SendMessages | EmbedLinks | AttachFiles |
		ReadMessageHistory | UseApplicationCommand | CreatePublicThreads | SendInThreads | Connect

	everything int64 = 1<<53 - 1
)

// can says what a user may do in a guild, and in one channel of it if given.
func (g *guild) can(userID string, c *channel) int64 {
	m := g.members[userID]
	if m == nil {
		return 0
	}
	if userID == g.owner {
		return everything
	}
	var has int64
	for _, r := range g.roles {
		if r.id == g.id || slices.Contains(m.roles, r.id) {
			has |= r.permissions
		}
	}
	if has&Administrator != 0 {
		return everything
	}
	if c == nil {
		return has
	}
	var allow, deny int64
	over := c.home().overwrites
	for _, o := range over { // @everyone first
		if o.ID == g.id {
			has = has&^o.Deny | o.Allow
		}
	}
	for _, o := range over { // then all roles together
		if !o.Member && o.ID != g.id && slices.Contains(m.roles, o.ID) {
			allow |= o.Allow
			deny |= o.Deny
		}
	}
	has = has&^deny | allow
	for _, o := range over { // the member last
		if o.Member && o.ID == userID {
			has = has&^o.Deny | o.Allow
		}
	}
	if has&ViewChannel == 0 {
		return 0
	}
	return has
}

// may is a user's permissions in any channel; in a DM both may do what one does there.
func (s *Server) may(userID string, c *channel) int64 {
	if c.guild != nil {
		return c.guild.can(userID, c)
	}
	if c.recipient.ID == userID || userID == s.bot.ID {
		return ViewChannel | SendMessages | EmbedLinks | AttachFiles | ReadMessageHistory | AddReactions | PinMessages | UseApplicationCommand
	}
	return 0
}

// need checks that the bot may act in a channel: seeing it is asked apart,
// since Discord answers that with another code.
func (s *Server) need(c *channel, want int64) *apiError {
	has := s.may(s.bot.ID, c)
	if has&ViewChannel == 0 {
		return errMissingAccess
	}
	if has&want != want {
		return errMissingPermissions
	}
	return nil
}

// sending is the permission that posting into a channel asks for.
func (c *channel) sending() int64 {
	if c.thread() {
		return SendInThreads
	}
	return SendMessages
}
