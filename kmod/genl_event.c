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
	struct message m = { .sn = r->binding->sn,
			     .group = SIPALG_GROUP_REG };

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

/* A `set` key where it is one. */
static const char *const limits[] = {
	[SIPALG_FULL_REGS]	 = "max-regs",
	[SIPALG_FULL_REGS_HOST]	 = "max-regs-per-host",
	[SIPALG_FULL_CALLS]	 = "max-calls",
	[SIPALG_FULL_CALLS_HOST] = "max-calls-per-host",
	[SIPALG_FULL_PORTS]	 = "rtp-ports",
	[SIPALG_FULL_PORTS_HOST] = "ports-per-host",
	[SIPALG_FULL_EXPECT]	 = "nf_conntrack_expect_max",
};

static_assert(ARRAY_SIZE(limits) == SIPALG_FULL_KINDS);

/* Whose limit it is. */
static enum sipalg_cmd object_of(enum sipalg_full what,
				 enum sipalg_group *group)
{
	switch (what) {
	case SIPALG_FULL_REGS:
	case SIPALG_FULL_REGS_HOST:
		*group = SIPALG_GROUP_REG;
		return SIPALG_CMD_REG_GET;
	case SIPALG_FULL_CALLS:
	case SIPALG_FULL_CALLS_HOST:
		*group = SIPALG_GROUP_CALL;
		return SIPALG_CMD_CALL_GET;
	default:
		*group = SIPALG_GROUP_MEDIA;
		return SIPALG_CMD_MEDIA_GET;
	}
}

/**
 * sipalg_event_exhausted() - a table or a port range is full
 * @sn: namespace, locked
 * @what: which limit was reached
 * @lan: who wanted more
 *
 * At most one event a second of each kind.
 */
void sipalg_event_exhausted(struct sipalg_net *sn, enum sipalg_full what,
			    const struct sipalg_key *lan)
{
	struct message m = { .sn = sn };
	enum sipalg_cmd cmd = object_of(what, &m.group);
	int err;

	if (!has_listeners(sn, m.group) ||
	    (sn->told[what] && time_before(jiffies, sn->told[what] + HZ)) ||
	    !begin(&m, SIPALG_SIZE_OBJECT, cmd, SIPALG_EVENT_EXHAUSTED))
		return;
	sn->told[what] = jiffies ?: 1;
	err = nla_put_string(m.skb, SIPALG_A_LIMIT, limits[what]) ?:
	      sipalg_fill_key(m.skb, SIPALG_A_LAN, lan);
	finish(&m, err);
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

void sipalg_event_host(struct sipalg_net *sn, const struct sipalg_lanmode *l,
		       enum sipalg_event event)
{
	struct message m = { .sn = sn, .group = SIPALG_GROUP_CONFIG };

	if (has_listeners(sn, m.group) &&
	    begin(&m, SIPALG_SIZE_OBJECT, SIPALG_CMD_HOST_GET, event))
		finish(&m, sipalg_fill_host(m.skb, l));
}

void sipalg_event_localnet(struct sipalg_net *sn,
			   const struct sipalg_cidr *net,
			   enum sipalg_event event)
{
	struct message m = { .sn = sn, .group = SIPALG_GROUP_CONFIG };

	if (has_listeners(sn, m.group) &&
	    begin(&m, SIPALG_SIZE_OBJECT, SIPALG_CMD_LOCALNET_GET, event))
		finish(&m, sipalg_fill_net(m.skb, net));
}
