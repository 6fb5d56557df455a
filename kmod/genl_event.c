// SPDX-License-Identifier: GPL-2.0-only
/*
 * genl_event.c - what changed, to whoever listens (`sipalgctl monitor`).
 *
 * The events of registrations, dialogs and media come from softirq context
 * with sn->lock held. Must never wait and never fail anything: an event that
 * cannot be sent is lost. Without a listener nothing is built.
 */
#include "genl.h"

/**
 * struct message - one event being built
 * @sn: namespace
 * @skb: the message
 * @hdr: of generic netlink, for genlmsg_end()
 * @group: who gets it
 */
struct message {
	struct sipalg_net *sn;
	struct sk_buff *skb;
	void *hdr;
	enum sipalg_group group;
};

static bool has_listeners(struct sipalg_net *sn, enum sipalg_group group)
{
	return genl_has_listeners(&sipalg_genl_family, sn->net, group);
}

/* False when there is no memory; nothing is to be undone then. */
static bool begin(struct message *m, size_t size, enum sipalg_cmd cmd,
		  enum sipalg_event event)
{
	m->skb = genlmsg_new(size, GFP_ATOMIC);
	if (!m->skb)
		return false;
	m->hdr = genlmsg_put(m->skb, 0, 0, &sipalg_genl_family, 0, cmd);
	if (m->hdr && !nla_put_u8(m->skb, SIPALG_A_EVENT, event))
		return true;
	nlmsg_free(m->skb);
	return false;
}

/* Send what is complete, throw away what is not. */
static void finish(struct message *m, int err)
{
	if (err) {
		nlmsg_free(m->skb);
		return;
	}
	genlmsg_end(m->skb, m->hdr);
	genlmsg_multicast_netns(&sipalg_genl_family, m->sn->net, m->skb, 0,
				m->group, GFP_ATOMIC);
}

void sipalg_event_reg(struct sipalg_reg *r, enum sipalg_event event)
{
	struct message m = { .sn = r->sn, .group = SIPALG_GROUP_REG };

	if (has_listeners(m.sn, m.group) &&
	    begin(&m, SIPALG_SIZE_OBJECT, SIPALG_CMD_REG_GET, event))
		finish(&m, sipalg_fill_reg(m.skb, r));
}

static size_t call_size(const struct sipalg_call *c)
{
	const struct sipalg_media *line;
	size_t size = SIPALG_SIZE_OBJECT;

	list_for_each_entry(line, &c->media, node)
		size += 2 * SIPALG_SIZE_MEDIA;
	return size;
}

void sipalg_event_call(struct sipalg_call *c, enum sipalg_event event)
{
	struct message m = { .sn = c->sn, .group = SIPALG_GROUP_CALL };

	if (has_listeners(m.sn, m.group) &&
	    begin(&m, call_size(c), SIPALG_CMD_CALL_GET, event))
		finish(&m, sipalg_fill_call(m.skb, c));
}

static void send_media(struct sipalg_call *c, struct sipalg_media *line,
		       bool rtcp, enum sipalg_event event)
{
	struct message m = { .sn = c->sn, .group = SIPALG_GROUP_MEDIA };

	if (begin(&m, SIPALG_SIZE_OBJECT, SIPALG_CMD_MEDIA_GET, event))
		finish(&m, sipalg_fill_media(m.skb, c, line, rtcp));
}

void sipalg_event_media(struct sipalg_call *c, struct sipalg_media *m,
			enum sipalg_event event)
{
	if (!has_listeners(c->sn, SIPALG_GROUP_MEDIA))
		return;
	send_media(c, m, false, event);
	send_media(c, m, true, event);
}

void sipalg_event_enabled(struct sipalg_net *sn, bool on)
{
	struct message m = { .sn = sn, .group = SIPALG_GROUP_CONFIG };

	if (has_listeners(sn, m.group) &&
	    begin(&m, SIPALG_SIZE_OBJECT, SIPALG_CMD_STATUS_GET,
		  SIPALG_EVENT_UPDATE))
		finish(&m, nla_put_u8(m.skb, SIPALG_A_ENABLED, on));
}

void sipalg_event_port(struct sipalg_net *sn, u8 proto, u16 port,
		       enum sipalg_event event)
{
	struct message m = { .sn = sn, .group = SIPALG_GROUP_CONFIG };
	int err;

	if (!has_listeners(sn, m.group) ||
	    !begin(&m, SIPALG_SIZE_OBJECT, SIPALG_CMD_PORT_GET, event))
		return;
	err = nla_put_u8(m.skb, SIPALG_A_PROTO, proto);
	if (!err)
		err = nla_put_u16(m.skb, SIPALG_A_PORT, port);
	finish(&m, err);
}

void sipalg_event_setting(struct sipalg_net *sn, const char *key,
			  const char *value)
{
	struct message m = { .sn = sn, .group = SIPALG_GROUP_CONFIG };
	int err;

	if (!has_listeners(sn, m.group) ||
	    !begin(&m, SIPALG_SIZE_OBJECT, SIPALG_CMD_SET_GET,
		   SIPALG_EVENT_UPDATE))
		return;
	err = nla_put_string(m.skb, SIPALG_A_KEY, key);
	if (!err)
		err = nla_put_string(m.skb, SIPALG_A_VALUE, value);
	finish(&m, err);
}
