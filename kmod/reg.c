// SPDX-License-Identifier: GPL-2.0-only
/*
 * reg.c - registrations: the table of the core's struct alg_reg.
 *
 * A registration is pending from its REGISTER to the 2xx that grants it, then
 * active for the granted time and a grace. It holds its Contact's binding,
 * and through that the way in. The core decides (dialog.c); this file keeps,
 * counts and forgets. It must never be created by anything but a REGISTER of
 * a LAN host that passed the grammar gate.
 */
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "sipalg.h"
#include "uri.h"

static const struct rhashtable_params reg_params = {
	.head_offset = offsetof(struct sipalg_reg, node),
	.key_offset = offsetof(struct sipalg_reg, alg.key),
	.key_len = sizeof(u64),
	.automatic_shrinking = true,
};

int sipalg_reg_init(struct sipalg_net *sn)
{
	return rhashtable_init(&sn->regs, &reg_params);
}

void sipalg_reg_exit(struct sipalg_net *sn)
{
	rhashtable_destroy(&sn->regs);
}

struct sipalg_reg *sipalg_reg_find(struct sipalg_net *sn, u64 key)
{
	return rhashtable_lookup_fast(&sn->regs, &key, reg_params);
}

/* Seconds until the granted time ends; for `reg show`. */
u32 sipalg_reg_left(const struct sipalg_reg *r)
{
	u64 now = get_jiffies_64();

	return r->expires > now ? div_u64(r->expires - now, HZ) : 0;
}

static size_t size_of(const struct sipalg_reg *r)
{
	return struct_size(r, text, r->aor_len + r->contact_len);
}

/**
 * sipalg_reg_keep() - how long conntracks of a binding are kept alive
 * @b: signalling binding; its namespace is locked
 *
 * As long as the longest of its registrations, and while there are calls.
 */
void sipalg_reg_keep(struct sipalg_binding *b)
{
	u64 grace = (u64)READ_ONCE(b->sn->tunables.reg_grace) * HZ;
	const struct sipalg_reg *r;

	b->until = 0;
	list_for_each_entry(r, &b->regs, of_binding)
		if (r->alg.state == ALG_REG_ACTIVE)
			b->until = max(b->until, r->expires + grace);
	if (b->ncalls)
		b->until = max_t(u64, b->until, get_jiffies_64() +
				 (u64)SIPALG_IDLE_CALL_S * HZ);
}

/* Whom the LAN host talked to is forgotten with the last registration. */
static void leave_binding(struct sipalg_reg *r)
{
	struct sipalg_binding *b = r->binding;

	if (!b)
		return;
	list_del(&r->of_binding);
	r->binding = NULL;
	sipalg_reg_keep(b);
	sipalg_binding_put(b, false);
}

static void end(struct sipalg_reg *r, enum sipalg_event event)
{
	struct sipalg_net *sn = r->sn;

	if (r->alg.state == ALG_REG_ACTIVE)
		sipalg_event_reg(r, event);
	leave_binding(r);
	sipalg_lanhost_put(sn, r->host, SIPALG_HOST_REGS);
	rhashtable_remove_fast(&sn->regs, &r->node, reg_params);
	sn->memory -= size_of(r);
	sn->generation++;
	r->sn = NULL;		/* unlisted: see reg_expire() */
	timer_stop(&r->timer);
	kfree_rcu(r, rcu);
}

static void reg_expire(struct timer_list *t)
{
	struct sipalg_reg *r = timer_object(r, t, timer);
	struct sipalg_net *sn = READ_ONCE(r->sn);

	if (!sn)
		return;
	spin_lock(&sn->lock);
	if (r->sn && !timer_pending(&r->timer))
		end(r, SIPALG_EVENT_EXPIRE);
	spin_unlock(&sn->lock);
}

/* For admit.c, which compares a Request-URI with it. */
static void note_user(struct sipalg_reg *r, const struct sip_msg *msg,
		      struct span contact)
{
	struct sip_uri uri;

	if (sip_uri_parse(&msg->buf, contact, &uri) ||
	    span_end(uri.user) > contact.off + r->contact_len)
		return;
	r->user_off = uri.user.len ? uri.user.off - contact.off : 0;
	r->user_len = uri.user.len;
}

static struct sipalg_reg *make(struct sipalg_net *sn,
			       const struct alg_step *step)
{
	const char *data = sn->work->pkt.data;
	u8 aor = min_t(u16, step->aor.len, SIPALG_TEXT);
	u8 contact = min_t(u16, step->contact.len, SIPALG_TEXT);
	struct sipalg_reg *r;

	r = kzalloc(struct_size(r, text, aor + contact), GFP_ATOMIC);
	if (!r)
		return NULL;
	r->alg = step->reg;
	r->aor_len = aor;
	r->contact_len = contact;
	memcpy(r->text, data + step->aor.off, aor);
	memcpy(r->text + aor, data + step->contact.off, contact);
	note_user(r, &sn->work->ctx.msg, step->contact);
	timer_setup(&r->timer, reg_expire, 0);
	return r;
}

/* Counts it and lists it. */
static int list(struct sipalg_net *sn, struct sipalg_reg *r)
{
	const struct sipalg_tunables *t = &sn->tunables;
	int err;

	if (atomic_read(&sn->regs.nelems) >= READ_ONCE(t->max_regs))
		return -ENOSPC;
	err = sipalg_lanhost_get(sn, &sn->work->pkt.lan, SIPALG_HOST_REGS,
				 READ_ONCE(t->max_regs_per_host), &r->host);
	if (err)
		return err;
	if (rhashtable_insert_fast(&sn->regs, &r->node, reg_params)) {
		sipalg_lanhost_put(sn, r->host, SIPALG_HOST_REGS);
		return -ENOMEM;
	}
	r->sn = sn;
	sn->memory += size_of(r);
	sn->generation++;
	return 0;
}

/**
 * sipalg_reg_prepare() - make the registration that this message begins
 * @sn: namespace, locked
 *
 * Return: 0, -ENOMEM, -ENOSPC at a limit.
 */
int sipalg_reg_prepare(struct sipalg_net *sn)
{
	struct sipalg_txn *txn = &sn->work->txn;
	struct sipalg_reg *r;
	int err;

	if (sn->work->ctx.step.what != ALG_STEP_REG_PENDING || txn->reg ||
	    !sn->work->ctx.step.reg.asked)
		return 0;
	r = make(sn, &sn->work->ctx.step);
	if (!r)
		return -ENOMEM;
	err = list(sn, r);
	if (err) {
		kfree(r);
		return err;
	}
	txn->reg = r;
	txn->reg_made = true;
	return 0;
}

void sipalg_reg_abort(struct sipalg_net *sn)
{
	struct sipalg_txn *txn = &sn->work->txn;

	if (txn->reg_made)
		end(txn->reg, SIPALG_EVENT_END);
	txn->reg_made = false;
	txn->reg = NULL;
}

static void join_binding(struct sipalg_net *sn, struct sipalg_reg *r)
{
	struct sipalg_binding *b;

	b = sipalg_binding_by_wan(sn, &r->wan);
	if (!b || b == r->binding)
		return;
	leave_binding(r);
	sipalg_binding_get(b);
	list_add_tail(&r->of_binding, &b->regs);
	r->binding = b;
}

static void pending(struct sipalg_net *sn, struct sipalg_reg *r)
{
	const struct alg_pkt *pkt = &sn->work->pkt;
	const struct alg_step *step = &sn->work->ctx.step;

	r->alg = step->reg;
	sipalg_key_from_ep(&r->lan, &step->lan_contact, pkt->proto);
	sipalg_key_from_ep(&r->wan, &step->wan_contact, pkt->proto);
	sipalg_key_from_ep(&r->peer, &pkt->peer, pkt->proto);
	join_binding(sn, r);
	if (r->alg.state == ALG_REG_PENDING)
		mod_timer(&r->timer, jiffies + SIPALG_TRANSACTION_S * HZ);
}

static void active(struct sipalg_net *sn, struct sipalg_reg *r)
{
	u64 grace = (u64)READ_ONCE(sn->tunables.reg_grace) * HZ;
	bool fresh = r->alg.state == ALG_REG_PENDING;
	u64 span;

	r->alg = sn->work->ctx.step.reg;
	r->alg.state = ALG_REG_ACTIVE;
	span = (u64)r->alg.expires * HZ;
	r->expires = get_jiffies_64() + span;
	mod_timer(&r->timer, jiffies + min_t(u64, span + grace,
					     MAX_JIFFY_OFFSET));
	if (r->binding)
		sipalg_reg_keep(r->binding);
	sn->generation++;
	sipalg_event_reg(r, fresh ? SIPALG_EVENT_NEW : SIPALG_EVENT_UPDATE);
}

/**
 * sipalg_reg_commit() - carry out a step of the registration machine
 * @sn: namespace, locked
 */
void sipalg_reg_commit(struct sipalg_net *sn)
{
	struct sipalg_reg *r = sn->work->txn.reg;

	if (!r)
		return;
	switch (sn->work->ctx.step.what) {
	case ALG_STEP_REG_PENDING:
		pending(sn, r);
		break;
	case ALG_STEP_REG_ACTIVE:
		active(sn, r);
		break;
	case ALG_STEP_REG_FAILED:
	case ALG_STEP_REG_END:
		end(r, SIPALG_EVENT_END);
		break;
	}
}

static bool has_aor(const struct sipalg_reg *r, const char *aor, size_t len)
{
	return !aor || (r->aor_len == len && !memcmp(r->text, aor, len));
}

/* All registrations with this AOR, or all of them with NULL. */
unsigned int sipalg_reg_del(struct sipalg_net *sn, const char *aor,
			    size_t len)
{
	struct rhashtable_iter iter;
	struct sipalg_reg *r;
	unsigned int n = 0;

	rhashtable_walk_enter(&sn->regs, &iter);
	do {
		rhashtable_walk_start(&iter);
		while ((r = rhashtable_walk_next(&iter)) && !IS_ERR(r)) {
			spin_lock_bh(&sn->lock);
			if (r->sn && has_aor(r, aor, len)) {
				end(r, SIPALG_EVENT_END);
				n++;
			}
			spin_unlock_bh(&sn->lock);
		}
		rhashtable_walk_stop(&iter);
	} while (r == ERR_PTR(-EAGAIN));
	rhashtable_walk_exit(&iter);
	return n;
}

unsigned int sipalg_reg_flush(struct sipalg_net *sn)
{
	return sipalg_reg_del(sn, NULL, 0);
}
