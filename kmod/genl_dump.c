// SPDX-License-Identifier: GPL-2.0-only
/*
 * genl_dump.c - whole tables over netlink, in as many parts as they need.
 *
 * Not in the packet's way: sn->lock is taken for one object at a time. Each
 * part says by NLM_F_DUMP_INTR whether the tables changed since the part
 * before, so the reader can ask again.
 */
#include <linux/slab.h>
#include <net/sock.h>

#include "genl.h"

/**
 * struct dump - a walk through one hash table, between two parts
 * @sn: namespace
 * @table: registrations or dialogs
 * @at: where it is
 * @call_id: only this one, or NULL; it lives in the request
 * @skip: ports of @skip_of's media that were sent
 * @skip_of: key of the dialog that did not fit whole
 */
struct dump {
	struct sipalg_net *sn;
	const struct sipalg_table *table;
	struct sipalg_place at;
	const char *call_id;
	unsigned int skip;
	u64 skip_of;
};

/* Sends one object, locked. Return: 0, -EMSGSIZE when the part is full. */
typedef int (*dump_fn)(struct dump *d, struct sk_buff *skb,
		       struct netlink_callback *cb, struct sipalg_node *n);

static struct dump *dump_of(struct netlink_callback *cb)
{
	return *(struct dump **)cb->ctx;
}

/* The hash table of registrations or dialogs, to be walked from its start. */
static int start_walk(struct netlink_callback *cb, struct sipalg_net *sn,
		      const struct sipalg_table *table)
{
	struct dump *d = kzalloc(sizeof(*d), GFP_KERNEL);

	if (!d)
		return -ENOMEM;
	d->sn = sn;
	d->table = table;
	*(struct dump **)cb->ctx = d;
	cb->min_dump_alloc = SIPALG_SIZE_DUMP;
	return 0;
}

int sipalg_dump_done(struct netlink_callback *cb)
{
	kfree(dump_of(cb));
	return 0;
}

/* Never 0: that would mean that nothing is compared. */
static void stamp(struct netlink_callback *cb, const struct dump *d)
{
	cb->seq = READ_ONCE(d->sn->generation) << 1 | 1;
}

static void *begin(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &sipalg_genl_family,
				NLM_F_MULTI, cmd);

	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

static int finish(struct sk_buff *skb, void *hdr, int err)
{
	if (err)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return err;
}

/* Return: 0, -ENOENT at the end, -EMSGSIZE when the part is full. */
static int send_next(struct dump *d, struct sk_buff *skb,
		     struct netlink_callback *cb, dump_fn send)
{
	struct sipalg_node *n;
	int err = -ENOENT;

	spin_lock_bh(&d->sn->lock);
	stamp(cb, d);
	n = sipalg_table_at(d->table, &d->at);
	if (n)
		err = send(d, skb, cb, n);
	spin_unlock_bh(&d->sn->lock);
	return err;
}

/* From where the last part stopped; the object that did not fit comes first. */
static int walk(struct sk_buff *skb, struct netlink_callback *cb, dump_fn send)
{
	struct dump *d = dump_of(cb);
	int err;

	for (;;) {
		err = send_next(d, skb, cb, send);
		if (err)
			break;
		d->at.nth++;
	}
	return err == -ENOENT || skb->len ? skb->len : err;
}

static int send_reg(struct dump *d, struct sk_buff *skb,
		    struct netlink_callback *cb, struct sipalg_node *n)
{
	void *hdr = begin(skb, cb, SIPALG_CMD_REG_GET);

	if (!hdr)
		return -EMSGSIZE;
	return finish(skb, hdr, sipalg_fill_reg(skb, sipalg_reg_of(n)));
}

int sipalg_dump_regs_start(struct netlink_callback *cb)
{
	struct sipalg_net *sn = sipalg_pernet(sock_net(cb->skb->sk));

	return start_walk(cb, sn, &sn->regs);
}

int sipalg_dump_regs(struct sk_buff *skb, struct netlink_callback *cb)
{
	return walk(skb, cb, send_reg);
}

/* Long Call-IDs are stored cut. */
static bool is_wanted(const struct dump *d, const struct sipalg_call *c)
{
	if (!d->call_id)
		return true;
	return min_t(size_t, strlen(d->call_id), SIPALG_TEXT) ==
	       c->call_id_len &&
	       !memcmp(d->call_id, c->text, c->call_id_len);
}

static int send_call(struct dump *d, struct sk_buff *skb,
		     struct netlink_callback *cb, struct sipalg_node *n)
{
	const struct sipalg_call *c = sipalg_call_of(n);
	void *hdr;

	if (!is_wanted(d, c))
		return 0;
	hdr = begin(skb, cb, SIPALG_CMD_CALL_GET);
	if (!hdr)
		return -EMSGSIZE;
	return finish(skb, hdr, sipalg_fill_call(skb, c));
}

int sipalg_dump_calls_start(struct netlink_callback *cb)
{
	struct sipalg_net *sn = sipalg_pernet(sock_net(cb->skb->sk));
	const struct nlattr *call_id;
	int err;

	err = start_walk(cb, sn, &sn->calls);
	if (err)
		return err;
	call_id = nlmsg_find_attr(cb->nlh, GENL_HDRLEN, SIPALG_A_CALL_ID);
	dump_of(cb)->call_id = call_id ? nla_data(call_id) : NULL;
	return 0;
}

int sipalg_dump_calls(struct sk_buff *skb, struct netlink_callback *cb)
{
	return walk(skb, cb, send_call);
}

static int send_port(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct sipalg_call *c, const struct sipalg_media *m,
		     bool rtcp)
{
	void *hdr = begin(skb, cb, SIPALG_CMD_MEDIA_GET);

	if (!hdr)
		return -EMSGSIZE;
	return finish(skb, hdr, sipalg_fill_media(skb, c, m, rtcp));
}

/* The ports of a dialog's media lines behind the @d->skip that were sent. */
static int send_ports(struct dump *d, struct sk_buff *skb,
		      struct netlink_callback *cb, const struct sipalg_call *c)
{
	const struct sipalg_media *m;
	unsigned int at = 0, rtcp;
	int err;

	list_for_each_entry(m, &c->media, node) {
		for (rtcp = 0; rtcp < 2; rtcp++, at++) {
			if (at < d->skip)
				continue;
			err = send_port(skb, cb, c, m, rtcp);
			if (err == -EMSGSIZE)
				return err;
			d->skip = at + 1;
		}
	}
	return 0;
}

static int send_media(struct dump *d, struct sk_buff *skb,
		      struct netlink_callback *cb, struct sipalg_node *n)
{
	const struct sipalg_call *c = sipalg_call_of(n);

	if (d->skip_of != c->alg.key)
		d->skip = 0;
	d->skip_of = c->alg.key;
	return send_ports(d, skb, cb, c);
}

int sipalg_dump_media(struct sk_buff *skb, struct netlink_callback *cb)
{
	return walk(skb, cb, send_media);
}

/* cb->args[0]: the next of 65536 UDP ports, then of as many TCP ports */
int sipalg_dump_ports(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct sipalg_net *sn = sipalg_pernet(sock_net(skb->sk));
	unsigned long at = cb->args[0];

	for (; at < 2 * SIPALG_PORTS; at++) {
		bool tcp = at >= SIPALG_PORTS;
		u16 port = at % SIPALG_PORTS;
		void *hdr;
		int err;

		if (!test_bit(port, tcp ? sn->tcp_ports : sn->udp_ports))
			continue;
		hdr = begin(skb, cb, SIPALG_CMD_PORT_GET);
		if (!hdr)
			break;
		err = nla_put_u8(skb, SIPALG_A_PROTO,
				 tcp ? IPPROTO_TCP : IPPROTO_UDP) ?:
		      nla_put_u16(skb, SIPALG_A_PORT, port);
		if (finish(skb, hdr, err))
			break;
	}
	cb->args[0] = at;
	return skb->len;
}

static int send_counter(struct sk_buff *skb, struct netlink_callback *cb,
			const char *name, u64 count)
{
	void *hdr = begin(skb, cb, SIPALG_CMD_STATS_GET);
	int err;

	if (!hdr)
		return -EMSGSIZE;
	err = nla_put_string(skb, SIPALG_A_NAME, name) ?:
	      nla_put_u64_64bit(skb, SIPALG_A_COUNT, count, SIPALG_A_PAD);
	return finish(skb, hdr, err);
}

/* cb->args[0]: the next counter; 0 is no reason but a new dump */
int sipalg_dump_stats(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct sipalg_net *sn = sipalg_pernet(sock_net(skb->sk));
	unsigned long at = cb->args[0] ?: ALG_REASON_NONE + 1;
	struct sipalg_stats *sum;

	sum = kzalloc(sizeof(*sum), GFP_KERNEL);
	if (!sum)
		return -ENOMEM;
	sipalg_stats_sum(sn, sum);
	while (at < ALG_COUNTER_MAX &&
	       !send_counter(skb, cb, alg_reason_name(at), sum->count[at]))
		at++;
	kfree(sum);
	cb->args[0] = at;
	return skb->len;
}

static int send_setting(struct sk_buff *skb, struct netlink_callback *cb,
			struct sipalg_net *sn, unsigned int index)
{
	char value[SIPALG_TUNABLE_TEXT];
	const char *key, *initial;
	void *hdr;
	int err;

	key = sipalg_tunable_show(&sn->tunables, index, value, &initial);
	if (!key)
		return -ENOENT;
	hdr = begin(skb, cb, SIPALG_CMD_SET_GET);
	if (!hdr)
		return -EMSGSIZE;
	err = nla_put_string(skb, SIPALG_A_KEY, key) ?:
	      nla_put_string(skb, SIPALG_A_VALUE, value) ?:
	      nla_put_string(skb, SIPALG_A_DEFAULT, initial);
	return finish(skb, hdr, err);
}

/* cb->args[0]: the next setting */
int sipalg_dump_settings(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct sipalg_net *sn = sipalg_pernet(sock_net(skb->sk));

	while (!send_setting(skb, cb, sn, cb->args[0]))
		cb->args[0]++;
	return skb->len;
}
