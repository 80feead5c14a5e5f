package discordfake

type handler = func(*call) (answer, *apiError)

// routes is every route that the fake knows, below /api/v10.
func (s *Server) routes() map[string]handler {
	return map[string]handler{
		"GET /gateway":                 func(*call) (answer, *apiError) { return ok(obj{"url": "ws://" + s.host + "/gateway"}) },
		"GET /gateway/bot":             s.gatewayBot,
		"GET /users/@me":               s.me,
		"GET /users/@me/guilds":        s.myGuilds,
		"GET /users/{user_id}":         s.getUser,
		"POST /users/@me/channels":     s.openDM,
		"GET /applications/@me":        s.application,
		"GET /oauth2/applications/@me": s.application,

		"GET /applications/{application_id}/commands":                                   s.listCommands,
		"PUT /applications/{application_id}/commands":                                   s.overwriteCommands,
		"POST /applications/{application_id}/commands":                                  s.createCommand,
		"DELETE /applications/{application_id}/commands/{command_id}":                   s.deleteCommand,
		"GET /applications/{application_id}/guilds/{guild_id}/commands":                 s.listCommands,
		"PUT /applications/{application_id}/guilds/{guild_id}/commands":                 s.overwriteCommands,
		"POST /applications/{application_id}/guilds/{guild_id}/commands":                s.createCommand,
		"DELETE /applications/{application_id}/guilds/{guild_id}/commands/{command_id}": s.deleteCommand,

		"POST /interactions/{interaction_id}/{token}/callback":                s.callback,
		"POST /webhooks/{webhook_id}/{webhook_token}":                         s.followUp,
		"GET /webhooks/{webhook_id}/{webhook_token}/messages/@original":       s.getFollowUp,
		"PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original":     s.editFollowUp,
		"DELETE /webhooks/{webhook_id}/{webhook_token}/messages/@original":    s.deleteFollowUp,
		"GET /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}":    s.getFollowUp,
		"PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}":  s.editFollowUp,
		"DELETE /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}": s.deleteFollowUp,

		"GET /channels/{channel_id}":                          s.getChannel,
		"PATCH /channels/{channel_id}":                        s.editChannel,
		"DELETE /channels/{channel_id}":                       s.deleteChannel,
		"GET /channels/{channel_id}/messages":                 s.listMessages,
		"POST /channels/{channel_id}/messages":                s.createMessage,
		"GET /channels/{channel_id}/messages/{message_id}":    s.getMessage,
		"PATCH /channels/{channel_id}/messages/{message_id}":  s.editMessage,
		"DELETE /channels/{channel_id}/messages/{message_id}": s.deleteMessage,
		"POST /channels/{channel_id}/typing":                  s.typing,

		"PUT /channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me":    s.addReaction,
		"DELETE /channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me": s.dropReaction,
		"PUT /channels/{channel_id}/pins/{message_id}":                              s.pin(true),
		"DELETE /channels/{channel_id}/pins/{message_id}":                           s.pin(false),
		"PUT /channels/{channel_id}/messages/pins/{message_id}":                     s.pin(true),
		"DELETE /channels/{channel_id}/messages/pins/{message_id}":                  s.pin(false),

		"POST /channels/{channel_id}/threads":                       s.startThread,
		"POST /channels/{channel_id}/messages/{message_id}/threads": s.startThread,
		"GET /channels/{channel_id}/thread-members":                 s.threadMembers,
		"PUT /channels/{channel_id}/thread-members/{user_id}":       s.joinThread(true),
		"DELETE /channels/{channel_id}/thread-members/{user_id}":    s.joinThread(false),
		"PUT /channels/{channel_id}/permissions/{overwrite_id}":     s.putOverwrite,

		"GET /guilds/{guild_id}":                   s.getGuild,
		"GET /guilds/{guild_id}/channels":          s.listChannels,
		"GET /guilds/{guild_id}/roles":             s.listRoles,
		"GET /guilds/{guild_id}/members":           s.listMembers,
		"GET /guilds/{guild_id}/members/{user_id}": s.getMember,
		"GET /guilds/{guild_id}/threads/active":    s.activeThreads,

		"GET /guilds/{guild_id}/scheduled-events":               s.listEvents,
		"POST /guilds/{guild_id}/scheduled-events":              s.createEvent,
		"GET /guilds/{guild_id}/scheduled-events/{event_id}":    s.getEvent,
		"PATCH /guilds/{guild_id}/scheduled-events/{event_id}":  s.editEvent,
		"DELETE /guilds/{guild_id}/scheduled-events/{event_id}": s.deleteEvent,
	}
}
