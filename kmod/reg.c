// SPDX-License-Identifier: GPL-2.0-only
/*
 * reg.c - registrations: the table of the core's struct alg_reg.
 *
 * A registration is pending from its REGISTER to the 2xx that grants it, then
 * active for the granted time and a grace. It holds its Contact's binding,
 * and through that the way in. The core decides (register.c); this file keeps,
 * counts and forgets. It must never be created by anything but a REGISTER of
 * a LAN host that passed the grammar gate.
 */
#include <linux/slab.h>
#include <linux/string.h>

#include "sipalg.h"

SIPALG_KEYED(struct sipalg_reg, node, key);

int sipalg_reg_init(struct sipalg_net *sn)
{
	return sipalg_table_init(&sn->regs, &sn->lock);
}

void sipalg_reg_exit(struct sipalg_net *sn)
{
	sipalg_table_exit(&sn->regs);
}

struct sipalg_reg *sipalg_reg_find(struct sipalg_net *sn, u64 key)
{
	struct sipalg_node *n = sipalg_table_find(&sn->regs, key);

	return n ? sipalg_reg_of(n) : NULL;
}

/**
 * sipalg_reg_load() - a registration as the core has it
 * @r: registration; its namespace is locked
 * @alg: room for it; what was granted is over with the message that said it
 *
 * Return: @alg.
 */
struct alg_reg *sipalg_reg_load(const struct sipalg_reg *r,
				struct alg_reg *alg)
{
	alg->key = r->key;
	alg->call_id = r->call_id;
	alg->branch = r->branch;
	alg->cseq = r->cseq;
	alg->expires = 0;
	alg->asked = r->asked;
	alg->state = r->state;
	return alg;
}

static void store(struct sipalg_reg *r, const struct alg_reg *alg)
{
	r->call_id = alg->call_id;
	r->branch = alg->branch;
	r->cseq = alg->cseq;
	r->asked = min_t(u32, alg->asked, SIPALG_MAX_GRANT_S);
	r->state = alg->state;
}

/* Seconds until the granted time ends; for `reg show`. */
u32 sipalg_reg_left(const struct sipalg_reg *r)
{
	u32 now = sipalg_seconds();

	return r->ends > now ? r->ends - now : 0;
}

static void set_due(struct sipalg_net *sn, struct sipalg_reg *r, u32 seconds)
{
	sipalg_due_set(sn, &r->due, min_t(u64, (u64)seconds * HZ, S32_MAX));
}

/* Which of the caches: SIPALG_REG_SIZES and more is none. */
static unsigned int cache_for(size_t text)
{
	if (text <= SIPALG_REG_ROOM)
		return 0;
	return DIV_ROUND_UP(text - SIPALG_REG_ROOM, SIPALG_REG_STEP);
}

static size_t size_of(const struct sipalg_reg *r)
{
	return offsetof(struct sipalg_reg, text) + SIPALG_REG_ROOM +
	       cache_for(r->aor_len + r->contact_len) * SIPALG_REG_STEP;
}

static struct sipalg_reg *alloc(size_t text)
{
	unsigned int i = cache_for(text);

	if (i < SIPALG_REG_SIZES)
		return kmem_cache_alloc(sipalg_cache[SIPALG_CACHE_REG + i],
					GFP_ATOMIC);
	return kmalloc(sizeof(struct sipalg_reg) + text, GFP_ATOMIC);
}

static void free_reg(struct sipalg_reg *r)
{
	unsigned int i = cache_for(r->aor_len + r->contact_len);

	if (i < SIPALG_REG_SIZES)
		kmem_cache_free(sipalg_cache[SIPALG_CACHE_REG + i], r);
	else
		kfree(r);
}

/* The binding to which the Contact of the message leads. */
static struct sipalg_binding *find_binding(const struct sipalg_net *sn)
{
	const struct sipalg_txn *txn = &sn->work->txn;
	struct sipalg_key wan;
	unsigned int i;

	sipalg_key_from_ep(&wan, &sn->work->ctx.step.wan_contact,
			   sn->work->pkt.proto);
	for (i = 0; i < txn->nused; i++)
		if (txn->used[i]->wan.word == wan.word)
			return txn->used[i];
	return NULL;
}

/* AOR and Contact are copied before the message is rewritten. */
static struct sipalg_reg *make(struct sipalg_net *sn, struct sipalg_binding *b)
{
	const char *data = sn->work->pkt.data;
	struct sipalg_said said;
	struct sipalg_reg *r;

	sipalg_regtext_read(sn, b, &said);
	r = alloc(said.aor.len + said.contact.len);
	if (!r)
		return NULL;
	memset(r, 0, offsetof(struct sipalg_reg, text));
	r->key = sn->work->ctx.step.reg.key;
	r->due.kind = SIPALG_DUE_REG;
	r->binding = b;
	r->user = said.user;
	r->said = sipalg_regtext_hash(sn);
	r->form = said.form;
	r->aor_len = said.aor.len;
	r->contact_len = said.contact.len;
	memcpy(r->text, data + said.aor.off, said.aor.len);
	memcpy(r->text + said.aor.len, data + said.contact.off,
	       said.contact.len);
	return r;
}

static void enter(struct sipalg_net *sn, struct sipalg_reg *r)
{
	sipalg_binding_get(r->binding);
	sipalg_reglist_add(r->binding, r);
	sn->memory += size_of(r);
	sn->generation++;
}

/* Out of everything but the count of its LAN host; it is no more. */
static void leave(struct sipalg_net *sn, struct sipalg_reg *r)
{
	struct sipalg_binding *b = r->binding;

	sipalg_table_del(&sn->regs, &r->node);
	sipalg_due_stop(sn, &r->due);
	hlist_del(&r->of_binding);
	sipalg_reglist_settle(b);
	sn->memory -= size_of(r);
	sn->generation++;
	free_reg(r);
	sipalg_binding_put(b, false);
}

static void end_reg(struct sipalg_reg *r, enum sipalg_event event)
{
	struct sipalg_binding *b = r->binding;
	struct sipalg_net *sn = b->sn;

	if (r->state == ALG_REG_ACTIVE)
		sipalg_event_reg(r, event);
	leave(sn, r);
	sipalg_lanhost_put(sn, &b->lan, SIPALG_HOST_REGS);
}

/* Its granted time may have been prolonged. */
void sipalg_reg_due(struct sipalg_reg *r)
{
	struct sipalg_net *sn = r->binding->sn;
	u32 now = sipalg_seconds(), over = sipalg_reg_over(sn, r);

	if (r->state == ALG_REG_ACTIVE && over > now)
		set_due(sn, r, over - now);
	else
		end_reg(r, SIPALG_EVENT_EXPIRE);
}

/* Counts it and lists it. */
static int enlist(struct sipalg_net *sn, struct sipalg_reg *r)
{
	const struct sipalg_tunables *t = &sn->tunables;
	const struct sipalg_key *lan = &r->binding->lan;
	int err;

	if (sn->regs.count >= READ_ONCE(t->max_regs)) {
		sipalg_event_exhausted(sn, SIPALG_FULL_REGS, lan);
		return -ENOSPC;
	}
	err = sipalg_lanhost_get(sn, lan, SIPALG_HOST_REGS,
				 READ_ONCE(t->max_regs_per_host), NULL);
	if (err == -ENOSPC)
		sipalg_event_exhausted(sn, SIPALG_FULL_REGS_HOST, lan);
	if (err)
		return err;
	sipalg_table_add(&sn->regs, &r->node);	/* reg_find() found none */
	enter(sn, r);
	return 0;
}

/* Has it been said before, by the same way? */
static bool is_said(struct sipalg_net *sn, const struct sipalg_reg *r,
		    const struct sipalg_binding *b)
{
	return r->binding == b && r->said == sipalg_regtext_hash(sn);
}

/**
 * sipalg_reg_prepare() - make the registration that this message begins
 * @sn: namespace, locked
 *
 * Return: 0, -ENOMEM, -ENOSPC at a limit.
 */
int sipalg_reg_prepare(struct sipalg_net *sn)
{
	const struct alg_step *step = &sn->work->ctx.step;
	struct sipalg_txn *txn = &sn->work->txn;
	struct sipalg_binding *b;
	struct sipalg_reg *r;
	int err;

	if (step->what != ALG_STEP_REG_PENDING || !step->reg.asked)
		return 0;
	b = find_binding(sn);
	if (!b)
		return -ENOENT;
	if (txn->reg && is_said(sn, txn->reg, b))
		return 0;
	r = make(sn, b);
	if (!r)
		return -ENOMEM;
	if (txn->reg) {
		txn->other = r;
		return 0;
	}
	err = enlist(sn, r);
	if (err) {
		free_reg(r);
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
		end_reg(txn->reg, SIPALG_EVENT_END);
	if (txn->other)
		free_reg(txn->other);
	txn->reg_made = false;
	txn->reg = NULL;
	txn->other = NULL;
}

/* It says other things than before: another object takes its place. */
static struct sipalg_reg *replace(struct sipalg_net *sn, struct sipalg_reg *r)
{
	struct sipalg_reg *other = sn->work->txn.other;

	sn->work->txn.other = NULL;
	other->ends = r->ends;
	other->state = r->state;
	enter(sn, other);
	leave(sn, r);
	sipalg_table_add(&sn->regs, &other->node);
	set_due(sn, other, 0);	/* sipalg_reg_due() knows when */
	return other;
}

static void pending(struct sipalg_net *sn, struct sipalg_reg *r)
{
	const struct alg_pkt *pkt = &sn->work->pkt;

	if (sn->work->txn.other)
		r = replace(sn, r);
	store(r, &sn->work->ctx.step.reg);
	r->peer = (__force __be32)pkt->peer.v4;
	r->peer_port = pkt->peer.port;
	if (r->state == ALG_REG_PENDING)
		set_due(sn, r, SIPALG_TRANSACTION_S);
}

static void activate(struct sipalg_net *sn, struct sipalg_reg *r)
{
	const struct alg_reg *alg = &sn->work->ctx.step.reg;
	bool fresh = r->state == ALG_REG_PENDING;
	u32 now = sipalg_seconds(), over;

	store(r, alg);
	r->state = ALG_REG_ACTIVE;
	r->ends = now + min_t(u32, alg->expires, SIPALG_MAX_GRANT_S);
	over = sipalg_reg_over(sn, r);
	set_due(sn, r, over - now);
	sipalg_reglist_newest(r->binding, r);
	if (over >= r->binding->until)
		r->binding->until = over;
	else
		sipalg_reglist_settle(r->binding);
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
		activate(sn, r);
		break;
	case ALG_STEP_REG_FAILED:
	case ALG_STEP_REG_END:
		end_reg(r, SIPALG_EVENT_END);
		break;
	}
}

struct aor {
	const char *text;
	size_t len;
};

static bool end_one(struct sipalg_node *n, void *data)
{
	struct sipalg_reg *r = sipalg_reg_of(n);
	const struct aor *aor = data;

	if (aor->text && (r->aor_len != aor->len ||
			  memcmp(r->text, aor->text, aor->len)))
		return false;
	end_reg(r, SIPALG_EVENT_END);
	return true;
}

/* All registrations with this AOR, or all of them with NULL. */
unsigned int sipalg_reg_del(struct sipalg_net *sn, const char *aor,
			    size_t len)
{
	struct aor wanted = { .text = aor, .len = len };

	return sipalg_table_each(&sn->regs, end_one, &wanted);
}

unsigned int sipalg_reg_flush(struct sipalg_net *sn)
{
	return sipalg_reg_del(sn, NULL, 0);
}
