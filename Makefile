# SPDX-License-Identifier: GPL-2.0-only
#
# For people: "make help"; V=1 shows the commands. kbuild reads Kbuild, never
# this file.

PREFIX	?= /usr/local
SBINDIR	?= $(PREFIX)/sbin
MANDIR	?= $(PREFIX)/share/man
COMPDIR	?= $(PREFIX)/share/bash-completion/completions
DOCDIR	?= $(PREFIX)/share/doc/sipalg
UNITDIR	?= $(PREFIX)/lib/systemd/system
MODPROBEDIR ?= $(PREFIX)/lib/modprobe.d
DKMS	?= dkms
DKMSDIR	?= /usr/src

# The kernel to build for: the running one, else the newest with headers.
newest_headers	= $(shell ls -d /lib/modules/*/build \
		    /usr/src/linux-headers-*-amd64 2>/dev/null | \
		    sed 's,\(.*\),\1 \1,; s,^/lib/modules/,,; \
			 s,^/usr/src/linux-headers-,,' | \
		    sort -rV | sed -n '1s/.* //p')
running_headers	= $(wildcard /lib/modules/$(shell uname -r)/build)
KDIR	?= $(or $(running_headers),$(newest_headers))
# Debian's include/config/kernel.release is not what "uname -r" says.
KREL	 = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
		    $(KDIR)/include/generated/utsrelease.h 2>/dev/null)
MODDIR	 = $(DESTDIR)/lib/modules/$(KREL)/updates

ifeq ($(origin CC),default)
CC	:= gcc
endif
CLANG	?= clang
CFLAGS	?= -O2 -g

B	:= build
VERSION	:= $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
PKGS	:= libmnl jansson
WARN	:= -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes -Wshadow
INC	:= -Ikmod -Ikmod/core -Ikmod/uapi -Iuserspace
DEFS	:= -D_GNU_SOURCE -DSIPALG_VERSION='"$(VERSION)"'
BASE	:= -std=gnu11 $(WARN) $(INC) $(DEFS) -MMD -MP
SAN	:= -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	   -fno-sanitize-recover=all

CORE_C	:= $(wildcard kmod/core/*.c)
CTL_C	:= $(wildcard userspace/sipalgctl/*.c)
UNIT_C	:= $(wildcard tests/unit/*.c)
FUZZ_C	:= $(wildcard tests/fuzz/fuzz_*.c)
PERF_C	:= $(wildcard tests/perf/*.c)

CORE_O	:= $(CORE_C:kmod/core/%.c=$(B)/core/%.o)
CTL_O	:= $(CTL_C:userspace/sipalgctl/%.c=$(B)/sipalgctl/%.o)
UNIT_O	:= $(UNIT_C:tests/unit/%.c=$(B)/unit/%.o) \
	   $(CORE_C:kmod/core/%.c=$(B)/unit/core/%.o)
FUZZ_O	:= $(CORE_C:kmod/core/%.c=$(B)/fuzz-core/%.o) \
	   $(B)/fuzz-core/fakehost.o $(B)/fuzz-core/props.o \
	   $(B)/fuzz-core/text.o $(B)/fuzz-core/laws.o
CORPORA_O := $(CORE_C:kmod/core/%.c=$(B)/unit/core/%.o) \
	   $(B)/unit/fakehost.o $(B)/unit/props.o $(B)/unit/text.o
FUZZ	:= $(FUZZ_C:tests/fuzz/%.c=$(B)/fuzz/%)
PERF	:= $(PERF_C:tests/perf/%.c=$(B)/%)

PHONY	:= all help module user unit fuzz fuzz-build faults bench-core \
	   bench-path check test test-kernels debug-kernel demo install \
	   install-module install-user uninstall dkms-install \
	   dkms-uninstall clean tags need-cc need-dkms \
	   need-libs need-check need-clang need-valgrind need-headers

all: module user

help:
	@echo 'make                 the kernel module and the tool'
	@echo 'make module          sipalg.ko, for the kernel of KDIR'
	@echo 'make user            build/sipalgctl/sipalgctl'
	@echo 'make install         both, below PREFIX and /lib/modules'
	@echo 'make uninstall       take them away again'
	@echo 'make dkms-install    the module by DKMS: rebuilt for each new kernel'
	@echo 'make dkms-uninstall  take that away again'
	@echo 'make test            every test; ONLY=NAME for one row'
	@echo 'make test-kernels    build for several kernels, run on some in a VM'
	@echo 'make debug-kernel    a kernel with KASAN and lockdep, for scripts/vm'
	@echo 'make demo            two phones talk through a NAT router'
	@echo 'make check           checkpatch, sparse and the other checkers'
	@echo 'make unit            build and run the unit tests alone'
	@echo 'make corpora         third-party messages through the core'
	@echo 'make fuzz            fuzz the core for TIME seconds in all'
	@echo 'make bench-core      instructions a message'
	@echo 'make bench-path      ... on its whole way through a router, in a VM'
	@echo 'make tags            an index for editors'
	@echo 'make clean           delete what was built'
	@echo
	@echo 'PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)'
	@echo 'KDIR=$(KDIR)'

# One sentence for what is missing: $(call need,TEST,WHAT,PACKAGE)
need = $(1) || { echo "$(2) is missing: apt install $(3)" >&2; exit 1; }

# $(call say,VERB,FILE): one line for a command, the command itself with V=1
ifeq ($(V),1)
say =
Q   =
else
say = @echo '  $(1)  $(2)'
Q   = @
endif

need-cc:
	@$(call need,command -v $(CC) >/dev/null,The C compiler,gcc)
	@$(call need,test -e /usr/include/stdio.h,The C library's header,libc6-dev)

need-libs: need-cc
	@$(call need,command -v pkg-config >/dev/null,pkg-config,pkg-config)
	@$(call need,pkg-config --exists libmnl,libmnl,libmnl-dev)
	@$(call need,pkg-config --exists jansson,jansson,libjansson-dev)

need-check: need-cc
	@$(call need,command -v pkg-config >/dev/null,pkg-config,pkg-config)
	@$(call need,pkg-config --exists check,The Check library,check)

need-clang:
	@$(call need,command -v $(CLANG) >/dev/null,clang,clang)

need-valgrind: need-cc
	@$(call need,test -e /usr/include/valgrind/callgrind.h,callgrind,valgrind)

need-dkms:
	@$(call need,command -v $(firstword $(DKMS)) >/dev/null,DKMS,dkms)

need-headers: need-cc
	@$(call need,test -n "$(KDIR)" -a -e "$(KDIR)/Makefile",The kernel's \
		header tree (KDIR=$(KDIR)),linux-headers-amd64)

# The module

module: need-headers
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

# What the tests load beside it: makes its allocations fail

faults: need-headers
	$(MAKE) -C $(KDIR) M=$(CURDIR)/tests/faults modules

# The tool

user: $(B)/sipalgctl/sipalgctl

ctl_cflags := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
ctl_libs = $(shell pkg-config --libs $(PKGS))

$(CORE_O): $(B)/core/%.o: kmod/core/%.c | need-cc
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(BASE) $(CFLAGS) $(CPPFLAGS) -c -o $@ $<

$(CTL_O): $(B)/sipalgctl/%.o: userspace/sipalgctl/%.c | need-libs
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(BASE) $(ctl_cflags) $(CFLAGS) $(CPPFLAGS) -c -o $@ $<

$(B)/sipalgctl/sipalgctl: $(CTL_O) $(CORE_O) | need-libs
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(ctl_libs)

# Unit tests: one program, with everything it tests, under ASan and UBSan

unit: $(B)/unit/unit
	$(B)/unit/unit

$(B)/unit/core/%.o: kmod/core/%.c | need-cc
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(BASE) $(SAN) -c -o $@ $<

$(B)/unit/%.o: tests/unit/%.c | need-check
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(BASE) -Itests/unit $(SAN) -c -o $@ $<

$(B)/unit/unit: $(UNIT_O) | need-check
	$(call say,LD,$@)
	$(Q)$(CC) $(SAN) -o $@ $^ $(shell pkg-config --libs check)

# Fuzzing: one program a tests/fuzz/fuzz_*.c, two at a time, for TIME seconds
# in all. tests/fuzz/run tells what they start from and keep.

TIME ?= 60
fuzz_cflags = $(SAN) -fsanitize=fuzzer-no-link

fuzz-build: $(FUZZ)

fuzz: $(FUZZ)
	tests/fuzz/run $(TIME) $^

$(B)/fuzz-core/%.o: kmod/core/%.c | need-clang
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CLANG) $(BASE) $(fuzz_cflags) -c -o $@ $<

$(B)/fuzz-core/%.o: tests/unit/%.c | need-clang
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CLANG) $(BASE) $(fuzz_cflags) -c -o $@ $<

$(B)/fuzz-core/%.o: tests/fuzz/%.c | need-clang
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CLANG) $(BASE) -Itests/unit $(fuzz_cflags) -c -o $@ $<

$(FUZZ): $(B)/fuzz/%: tests/fuzz/%.c $(FUZZ_O) | need-clang
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CLANG) $(BASE) -Itests/unit $(SAN) -fsanitize=fuzzer -MF $@.d \
		-o $@ $(filter %.c %.o,$^)

# Third-party messages through the core: tests/corpora/run

corpora: $(B)/corpora/through
	tests/corpora/run

$(B)/corpora/through: tests/corpora/through.c $(CORPORA_O) | need-cc
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(BASE) -Itests/unit $(SAN) -MF $@.d -o $@ \
		$(filter %.c %.o,$^)

# Speed

$(B)/perf/%.o: tests/unit/%.c | need-cc
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(BASE) $(CFLAGS) -c -o $@ $<

$(PERF): $(B)/%: tests/perf/%.c $(B)/perf/hostile.o $(CORE_O) | need-valgrind
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(BASE) -Itests/unit $(CFLAGS) -MF $@.d -o $@ \
		$(filter %.c %.o,$^)

bench-core: $(B)/bench_core
	tests/perf/bench-core

bench-path: module user $(B)/bench_path
	tests/perf/bench-path

# The rest

check:
	scripts/check

test:
	scripts/test

test-kernels:
	scripts/test-kernels

debug-kernel:
	scripts/debug-kernel

demo:
	scripts/demo

tags:
	@$(call need,command -v ctags >/dev/null,ctags,universal-ctags)
	ctags -R --exclude=$(B) --languages=C,Sh kmod userspace tests scripts

# What `make install` makes; `make uninstall` removes these and nothing else.
MODULE_FILE = $(MODDIR)/sipalg.ko
USER_FILES = $(addprefix $(DESTDIR),$(SBINDIR)/sipalgctl \
	$(MANDIR)/man8/sipalgctl.8 $(MANDIR)/man5/sipalg.conf.5 \
	$(COMPDIR)/sipalgctl $(UNITDIR)/sipalg.service \
	$(MODPROBEDIR)/sipalg.conf $(DOCDIR)/sipalg.conf)

# What has to notice, unless this is for a package.
notice_module = $(if $(DESTDIR),,depmod $(KREL))
notice_unit = $(if $(DESTDIR),,[ ! -d /run/systemd/system ] || \
		systemctl daemon-reload || true)

install: install-module install-user

install-module: module
	install -D -m 644 sipalg.ko $(MODULE_FILE)
	strip -g $(MODULE_FILE)
	$(notice_module)

install-user: user
	install -D -m 755 $(B)/sipalgctl/sipalgctl \
		$(DESTDIR)$(SBINDIR)/sipalgctl
	install -D -m 644 -t $(DESTDIR)$(MANDIR)/man8 userspace/man/*.8
	install -D -m 644 -t $(DESTDIR)$(MANDIR)/man5 userspace/man/*.5
	install -D -m 644 -t $(DESTDIR)$(COMPDIR) userspace/completion/*
	sed 's,@SBINDIR@,$(SBINDIR),' userspace/system/sipalg.service \
		>$(B)/sipalg.service
	install -D -m 644 -t $(DESTDIR)$(UNITDIR) $(B)/sipalg.service
	install -D -m 644 userspace/system/modprobe.conf \
		$(DESTDIR)$(MODPROBEDIR)/sipalg.conf
	install -D -m 644 -t $(DESTDIR)$(DOCDIR) userspace/system/sipalg.conf
	$(notice_unit)

uninstall:
	rm -f $(MODULE_FILE) $(USER_FILES)
	[ ! -d $(DESTDIR)$(DOCDIR) ] || \
		rmdir --ignore-fail-on-non-empty $(DESTDIR)$(DOCDIR)
	$(notice_module)
	$(notice_unit)

# The module by DKMS, which builds it anew for each kernel.

DKMS_TREE = $(DESTDIR)$(DKMSDIR)/sipalg-$(VERSION)
DKMS_FILES = COPYING Kbuild Makefile dkms.conf \
	     $(shell find kmod -name '*.[ch]' ! -name '*.mod.c')
# DKMS reads what a make of its own prints, which says more inside of another.
dkms = env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS $(DKMS)
dkms_known = $(dkms) status -m sipalg -v $(VERSION) | grep -q .
dkms_forget = ! $(dkms_known) || \
	      $(dkms) remove -m sipalg -v $(VERSION) --all

dkms-install: need-dkms need-headers
	$(if $(DESTDIR),,$(dkms_forget))
	rm -rf $(DKMS_TREE)
	for f in $(DKMS_FILES); do \
		install -D -m 644 $$f $(DKMS_TREE)/$$f || exit; done
	$(if $(DESTDIR),,$(dkms) add -m sipalg -v $(VERSION))
	$(if $(DESTDIR),,$(dkms) install -m sipalg -v $(VERSION) -k $(KREL))

dkms-uninstall: need-dkms
	$(if $(DESTDIR),,$(dkms_forget))
	rm -rf $(DKMS_TREE)

# kbuild leaves its products beside the sources.
clean:
	rm -rf $(B) tags .tmp_versions modules.order Module.symvers
	rm -f *.ko *.o *.mod *.mod.c .*.cmd .modules.order.cmd
	[ ! -d tests/faults ] || { cd tests/faults && rm -f *.ko *.o *.mod \
		*.mod.c .*.cmd modules.order Module.symvers; }
	find kmod \( -name '*.o' -o -name '.*.cmd' -o -name '*.o.d' \) -delete

# What scripts/check wants to know.
print-user-flags:
	@echo '$(filter-out -MMD -MP -DSIPALG_VERSION=%,$(BASE)) $(ctl_cflags)'

print-kdir:
	@echo $(KDIR)

.PHONY: $(PHONY) print-user-flags print-kdir

-include $(wildcard $(B)/*.d $(B)/core/*.d $(B)/sipalgctl/*.d \
	   $(B)/unit/*.d $(B)/unit/core/*.d $(B)/corpora/*.d $(B)/fuzz/*.d \
	   $(B)/fuzz-core/*.d)
