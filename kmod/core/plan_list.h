/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_list.h - headers that are lists of addresses, and what is done with
 * the literals in them. Between plan_sip.c, which knows the headers, and
 * literal.h, which knows one literal.
 */
#ifndef SIPALG_CORE_PLAN_LIST_H
#define SIPALG_CORE_PLAN_LIST_H

#include "plan.h"
#include "literal.h"
#include "register.h"
#include "uri.h"

enum { PLAN_TO_OURS = 3 };	/* from ALG_BIND_*_NOPORT to ALG_BIND_*_OURS */

/**
 * struct plan_field - what a header does with the literals in it
 * @id: enum alg_field
 * @noport: ALG_BIND_*_NOPORT; ALG_BIND_*_OURS follows from it
 * @learns: the LAN host writes of itself here; in all others it repeats what
 *	others wrote, or names itself by the way
 */
struct plan_field {
	u8 id;
	u8 noport;
	bool learns;
};

/**
 * plan_begin() - a literal of this field, of which nothing is read yet
 * @lit: result, but for host and port
 * @field: the field
 * @scheme: enum sip_scheme: the default port
 */
static inline void plan_begin(struct literal *lit,
			      const struct plan_field *field, u8 scheme)
{
	lit->default_port = sip_scheme_port(scheme);
	lit->noport = field->noport;
	lit->ours = (u8)(field->noport << PLAN_TO_OURS);
	lit->learns = field->learns;
	lit->field = field->id;
}

/**
 * plan_uri() - plan one URI
 * @ctx: context
 * @text: the URI without <>
 * @field: where it stands
 *
 * Return: 1 when it is ours, 0 when not; -EBADMSG, or as literal_map().
 */
int __must_check plan_uri(struct alg_ctx *ctx, struct span text,
			  const struct plan_field *field);

/* plan_lists() from the header with index @i on */
int __must_check plan_lists_from(struct alg_ctx *ctx, u32 i,
				 const struct plan_field *field,
				 struct reg_contact *own);

/**
 * plan_lists() - plan all headers with one id
 * @ctx: context
 * @id: which
 * @field: what is done with them
 * @own: Contact of REGISTER: where ours is kept; else NULL
 *
 * Return: 0; -EBADMSG, -E2BIG, or what the host answered.
 */
static inline int __must_check plan_lists(struct alg_ctx *ctx,
					  enum sip_hdr_id id,
					  const struct plan_field *field,
					  struct reg_contact *own)
{
	if (!sip_msg_has(&ctx->msg, id))
		return 0;
	return plan_lists_from(ctx, ctx->msg.first[id], field, own);
}

#endif /* SIPALG_CORE_PLAN_LIST_H */
