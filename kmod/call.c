// SPDX-License-Identifier: GPL-2.0-only
/*
 * call.c - INVITE dialogs: the table of the core's struct alg_call.
 *
 * A dialog belongs to one LAN host, is keyed by Call-ID and tags (never by
 * conntrack, law 5), holds the host's signalling binding and its media lines.
 * The core decides what a message means for it (dialog.c); this file keeps,
 * counts, times out and forgets. Media of one dialog must never be released
 * by a message of another.
 */
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "route.h"
#include "sipalg.h"

SIPALG_KEYED(struct sipalg_call, node, alg.key);

int sipalg_call_init(struct sipalg_net *sn)
{
	return sipalg_table_init(&sn->calls, &sn->lock);
}

void sipalg_call_exit(struct sipalg_net *sn)
{
	sipalg_table_exit(&sn->calls);
}

struct sipalg_call *sipalg_call_find(struct sipalg_net *sn, u64 key)
{
	struct sipalg_node *n = sipalg_table_find(&sn->calls, key);

	return n ? sipalg_call_of(n) : NULL;
}

static size_t text_len(const struct sipalg_call *c)
{
	return c->call_id_len + c->from_len + c->to_len;
}

static size_t size_of(const struct sipalg_call *c)
{
	return sizeof(*c) + (c->text == c->room ? 0 : text_len(c));
}

static void free_now(struct sipalg_call *c)
{
	if (c->text != c->room)
		kfree(c->text);
	kmem_cache_free(sipalg_cache[SIPALG_CACHE_CALL], c);
}

static void leave_binding(struct sipalg_call *c)
{
	if (!c->binding)
		return;
	c->binding->ncalls--;
	sipalg_binding_put(c->binding, false);
	c->binding = NULL;
}

static void note_end(struct sipalg_net *sn, u64 key)
{
	struct sipalg_work *work = sn->work;
	struct sipalg_ended *e = &work->ended[work->nended++ % SIPALG_ENDED];

	e->key = key;
	e->at = get_jiffies_64();
}

/* RFC 3261 13.3.1.4: the 2xx is repeated until ACK comes, BYE or not. */
static bool has_ended(const struct sipalg_net *sn, u64 key)
{
	u64 since = get_jiffies_64() - SIPALG_TRANSACTION_S * HZ;
	const struct sipalg_work *work = sn->work;
	unsigned int i;

	for (i = 0; i < SIPALG_ENDED; i++)
		if (work->ended[i].key == key && work->ended[i].at > since)
			return true;
	return false;
}

static void end_call(struct sipalg_call *c, enum sipalg_event event, bool kill)
{
	struct sipalg_net *sn = c->sn;

	c->alg.state = ALG_CALL_ENDED;
	note_end(sn, c->alg.key);
	if (c->announced)
		sipalg_event_call(c, event);
	sipalg_media_release(c, kill);
	sipalg_early_leave(c);
	leave_binding(c);
	sipalg_lanhost_put(sn, &c->lan, SIPALG_HOST_CALLS);
	sipalg_table_del(&sn->calls, &c->node);
	sn->memory -= size_of(c);
	sn->generation++;
	sipalg_due_stop(sn, &c->due);
	free_now(c);
}

/* Jiffies until this dialog has been without a sign of life too long. */
static s32 life_left(const struct sipalg_call *c, u32 now)
{
	u32 idle = c->alg.bye ? 2 * SIPALG_TRANSACTION_S :
		   c->alg.state == ALG_CALL_EARLY ? SIPALG_EARLY_S :
						    SIPALG_IDLE_CALL_S;

	return c->touched + idle * HZ - now;
}

/* The same until its unused pinholes are closed. */
static s32 wait_left(const struct sipalg_call *c, u32 now)
{
	return c->answered + READ_ONCE(c->sn->tunables.media_timeout) * HZ -
	       now;
}

static void arm(struct sipalg_call *c, u32 now)
{
	s32 left = min_t(s32, life_left(c, now), SIPALG_LOOK_S * HZ);

	if (c->waits)
		left = min(left, wait_left(c, now));
	sipalg_due_set(c->sn, &c->due, max(left, 1));
}

void sipalg_call_due(struct sipalg_call *c)
{
	u32 now = (u32)jiffies;

	sipalg_media_tend(c, NULL);
	if (c->waits && wait_left(c, now) <= 0) {
		sipalg_media_timeout(c);
		c->waits = false;
	}
	if (life_left(c, now) <= 0) {
		if (!sipalg_media_live(c)) {
			end_call(c, SIPALG_EVENT_EXPIRE, true);
			return;
		}
		c->touched = now;
	}
	arm(c, now);
}

/* The URI of <URI> and "name" <URI>, the usual forms; none of another one. */
static struct span usual_uri(const struct sip_buf *b, struct span value)
{
	u32 at = value.off, end = span_end(value), shut;

	if (b->data[at] == '"') {
		at = span_find(b, at + 1, end, '"');
		if (b->data[at - 1] == '\\')
			return span_make(0, 0);
		at++;
	}
	if (at < end && b->data[at] == ' ')
		at++;
	if (at >= end || b->data[at] != '<')
		return span_make(0, 0);
	shut = span_find(b, at, end, '>');
	return shut < end ? span_make(at + 1, shut) : span_make(0, 0);
}

/* The URI of a From or To, cut to what is kept. */
static struct span uri_of(const struct sip_msg *msg, enum sip_hdr_id id)
{
	struct span value = sip_msg_value(msg, id);
	struct sip_addr addr = { .uri = usual_uri(&msg->buf, value) };
	u32 pos = value.off;

	if (!addr.uri.len &&
	    sip_addr_next(&msg->buf, value, &pos, &addr) != 1)
		return span_make(0, 0);
	addr.uri.len = min_t(u16, addr.uri.len, SIPALG_TEXT);
	return addr.uri;
}

/* A short text, by words, the last two of which overlap. */
static char *put_text(char *to, const char *from, u32 len)
{
	u32 i;

	if (len < sizeof(u64)) {
		for (i = 0; i < len; i++)
			to[i] = from[i];
		return to + len;
	}
	for (i = 0; i < len - sizeof(u64); i += sizeof(u64))
		memcpy(to + i, from + i, sizeof(u64));
	memcpy(to + len - sizeof(u64), from + len - sizeof(u64), sizeof(u64));
	return to + len;
}

static int set_text(struct sipalg_call *c, const char *data,
		    const struct span text[3])
{
	char *to = c->room;
	unsigned int i;

	c->call_id_len = text[0].len;
	c->from_len = text[1].len;
	c->to_len = text[2].len;
	if (text_len(c) > SIPALG_CALL_ROOM)
		to = kmalloc(text_len(c), GFP_ATOMIC);
	if (!to)
		return -ENOMEM;
	c->text = to;
	for (i = 0; i < 3; i++)
		to = put_text(to, data + text[i].off, text[i].len);
	return 0;
}

static struct sipalg_call *make(struct sipalg_net *sn)
{
	const struct alg_ctx *ctx = &sn->work->ctx;
	struct span text[3] = {
		sip_msg_value(&ctx->msg, SIP_HDR_CALL_ID),
		uri_of(&ctx->msg, SIP_HDR_FROM),
		uri_of(&ctx->msg, SIP_HDR_TO),
	};
	struct sipalg_call *c;

	c = kmem_cache_alloc(sipalg_cache[SIPALG_CACHE_CALL], GFP_ATOMIC);
	if (!c)
		return NULL;
	memset(c, 0, offsetof(struct sipalg_call, room));
	text[0].len = min_t(u16, text[0].len, SIPALG_TEXT);
	if (set_text(c, ctx->pkt->data, text)) {
		kmem_cache_free(sipalg_cache[SIPALG_CACHE_CALL], c);
		return NULL;
	}
	c->alg = ctx->step.call;
	INIT_LIST_HEAD(&c->media);
	INIT_LIST_HEAD(&c->early);
	INIT_LIST_HEAD(&c->early_of_host);
	c->due.kind = SIPALG_DUE_CALL;
	c->created = sipalg_seconds();
	sipalg_key_from_ep(&c->lan, &ctx->pkt->lan, ctx->pkt->proto);
	sipalg_key_from_ep(&c->peer, &ctx->pkt->peer, ctx->pkt->proto);
	return c;
}

/* Ends the oldest unanswered dialog, of this LAN host or of all. */
static int displace(struct sipalg_net *sn, struct sipalg_lanhost *h,
		    const struct sipalg_call *c)
{
	struct sipalg_call *oldest;

	sipalg_event_exhausted(sn, h ? SIPALG_FULL_CALLS_HOST :
				       SIPALG_FULL_CALLS, &c->lan);
	oldest = sipalg_early_oldest(h ? h->early : sn->early, h);
	if (!oldest)
		return -ENOSPC;
	end_call(oldest, SIPALG_EVENT_EXPIRE, true);
	return 0;
}

/* Counts it with its LAN host. */
static int join_host(struct sipalg_net *sn, struct sipalg_call *c)
{
	u32 max = READ_ONCE(sn->tunables.max_calls_per_host);
	struct sipalg_lanhost *h;
	int err;

	err = sipalg_lanhost_get(sn, &c->lan, SIPALG_HOST_CALLS, max,
				 &c->host);
	if (err != -ENOSPC)
		return err;
	h = sipalg_lanhost_find(sn, &c->lan);
	if (!h || displace(sn, h, c))
		return -ENOSPC;
	return sipalg_lanhost_get(sn, &c->lan, SIPALG_HOST_CALLS, max,
				  &c->host);
}

/* Counts it and lists it. */
static int enlist(struct sipalg_net *sn, struct sipalg_call *c)
{
	u32 max = READ_ONCE(sn->tunables.max_calls);
	int err;

	if (sn->calls.count >= max && displace(sn, NULL, c))
		return -ENOSPC;
	err = join_host(sn, c);
	if (err)
		return err;
	if (!sipalg_table_add_only(&sn->calls, &c->node)) {
		sipalg_lanhost_put(sn, &c->lan, SIPALG_HOST_CALLS);
		return -EEXIST;
	}
	c->sn = sn;
	sn->memory += size_of(c);
	sn->generation++;
	return 0;
}

/**
 * sipalg_call_prepare() - make the dialog that this message begins
 * @sn: namespace, locked
 *
 * Return: 0, -ENOMEM, -ENOSPC at a limit.
 */
int sipalg_call_prepare(struct sipalg_net *sn)
{
	struct sipalg_txn *txn = &sn->work->txn;
	struct sipalg_call *c;
	int err;

	if (sn->work->ctx.step.what != ALG_STEP_CALL_NEW || txn->call)
		return 0;
	if (!sip_msg_is_request(&sn->work->ctx.msg) &&
	    has_ended(sn, sn->work->ctx.step.call.key))
		return 0;	/* no dialog; commit drops its media */
	c = make(sn);
	if (!c)
		return -ENOMEM;
	err = enlist(sn, c);
	if (err) {
		free_now(c);
		return err;
	}
	txn->call = c;
	txn->call_made = true;
	return 0;
}

void sipalg_call_abort(struct sipalg_net *sn)
{
	struct sipalg_txn *txn = &sn->work->txn;

	if (txn->call_made)
		end_call(txn->call, SIPALG_EVENT_END, true);
	txn->call_made = false;
	txn->call = NULL;
}

static void join_binding(struct sipalg_net *sn, struct sipalg_call *c)
{
	struct sipalg_binding *b = sn->work->txn.bind;

	if (c->binding || !b)
		return;
	sipalg_binding_get(b);
	b->ncalls++;
	c->binding = b;
}

/* Its time is read anew when it is due: only a shorter one must be said. */
static void touch(struct sipalg_call *c, bool sooner)
{
	c->touched = (u32)jiffies;
	if (sooner)
		arm(c, c->touched);
	if (c->alg.state == ALG_CALL_EARLY)
		sipalg_early_touch(c);
	else
		sipalg_early_leave(c);
}

static void answer(struct sipalg_call *c)
{
	sipalg_media_answer(c);
	c->answered = (u32)jiffies;
	c->waits = true;
}

/* A dialog that was set up before we saw it: its answer is what we saw. */
static bool is_adopted(const struct sipalg_net *sn)
{
	const struct alg_ctx *ctx = &sn->work->ctx;

	return ctx->step.what == ALG_STEP_CALL_NEW && ctx->has_sdp &&
	       ctx->step.call.state == ALG_CALL_CONFIRMED;
}

/**
 * sipalg_call_commit() - carry out a step of the dialog machine
 * @sn: namespace, locked
 */
void sipalg_call_commit(struct sipalg_net *sn)
{
	struct sipalg_txn *txn = &sn->work->txn;
	struct sipalg_call *c = txn->call;
	u8 what = sn->work->ctx.step.what;
	u8 state, bye;
	bool answered, changed;

	if (!c) {
		sipalg_media_abort(sn);
		return;
	}
	if (what == ALG_STEP_CALL_END) {
		sipalg_media_abort(sn);
		end_call(c, SIPALG_EVENT_END, true);
		return;
	}
	state = c->alg.state;
	bye = c->alg.bye;
	if (what != ALG_STEP_NONE)
		c->alg = sn->work->ctx.step.call;
	join_binding(sn, c);
	if (sn->work->ctx.has_sdp || txn->nfresh || txn->remotes)
		sipalg_media_commit(sn, c);
	sipalg_media_tend(c, &sn->work->pkt);
	answered = what == ALG_STEP_CALL_ANSWER || is_adopted(sn);
	if (answered)
		answer(c);
	else if (what == ALG_STEP_CALL_REJECT &&
		 sn->work->pkt.dir == ALG_IN)	/* the LAN host's offer */
		sipalg_media_reject(c);
	changed = state != c->alg.state || bye != c->alg.bye;
	touch(c, answered || changed || !c->announced);
	if (!c->announced)
		sipalg_event_call(c, SIPALG_EVENT_NEW);
	else if (c->alg.state != state)
		sipalg_event_call(c, SIPALG_EVENT_UPDATE);
	c->announced = true;
}

static bool end_one(struct sipalg_node *n, void *kill)
{
	end_call(sipalg_call_of(n), SIPALG_EVENT_END,
		 *(bool *)kill);
	return true;
}

unsigned int sipalg_call_flush(struct sipalg_net *sn, bool kill)
{
	return sipalg_table_each(&sn->calls, end_one, &kill);
}

static bool release_media(struct sipalg_node *n, void *unused)
{
	sipalg_media_release(sipalg_call_of(n), true);
	return true;
}

unsigned int sipalg_media_flush(struct sipalg_net *sn)
{
	return sipalg_table_each(&sn->calls, release_media, NULL);
}
