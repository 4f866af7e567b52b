# Copyright (C) ngx_shop_failover_module authors
#
# make            what can be made
# make run        the demo shop on http://127.0.0.1:8080 (PORT=)
# make test       all tests (TESTS=t/gate/foo.t: some)
# make install    the module into the nginx of this machine

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PRECIOUS: $(addprefix build/,obj/%.o sanitized/%.o fuzzed/%.o aarch64/%.o)

NGINX_SRC    ?=
NGINX_BIN    ?=
DESTDIR      ?=
PREFIX       ?= /usr/local
PORT         ?= 8080
FUZZ_SECONDS ?= 10
JOBS         ?= $(shell nproc)

# whole nginx, with its module and under sanitizers: make test SANITIZE=1
SANITIZE     ?=

# nginx as it is, under valgrind, for some tests: make test VALGRIND=1
VALGRIND     ?=

export NGINX_SRC NGINX_BIN DESTDIR PREFIX PORT BUILD VALGRIND

# V=1 shows the commands
Q    := $(if $(V),,@)
SHOW  = $(if $(V),,@echo "$(1)  $@")

BUILD   := build
TOP     := ngx_shop_failover_module
MODULE  := $(BUILD)/ngx_shop_failover_module.so
HTML    := $(shell find html -type f)
SOURCES := config $(HTML) $(shell find $(TOP) -type f)

# logic/words/assets.h is made from html/
LOGIC   := $(wildcard $(TOP)/logic/*/*.c) $(BUILD)/assets.c
CTL     := $(wildcard $(TOP)/ctl/*.c)
SHOPCTL := $(if $(CTL),$(BUILD)/shopctl)
SHOPCTL_LIBS := -lcrypto

# commands that are programs of their own: ctl/NAME/, and what they need.
# WITHOUT=fleet does without one, as is done where its library is not and
# t/tools/setup.sh cannot install it.
HIREDIS := $(wildcard /usr/include/hiredis/hiredis.h \
               /usr/local/include/hiredis/hiredis.h)
WITHOUT ?= $(if $(HIREDIS)$(shell command -v dpkg-query),,fleet)
BESIDE  := $(filter-out $(WITHOUT),\
               $(patsubst $(TOP)/ctl/%/,%,$(wildcard $(TOP)/ctl/*/)))
BESIDES := $(BESIDE:%=$(BUILD)/shopctl-%)
BESIDE_LIBS_notify := -lcurl
BESIDE_LIBS_fleet  := -lcurl -lhiredis
SHARED  := $(filter-out %/shopctl.c,$(CTL)) $(LOGIC)
UNIT    := $(patsubst t/%.c,$(BUILD)/t/%,$(wildcard t/unit/test_*.c))
FUZZ    := $(patsubst t/%.c,$(BUILD)/t/%,$(wildcard t/fuzz/fuzz_*.c))

# logic/ and ctl/: no include path of nginx's, see docs/architecture.md
STRICT  := -std=c99 -pedantic -Wall -Wextra \
           -D_POSIX_C_SOURCE=200809L -I$(TOP)
CFLAGS  ?= -g -O2 -fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2
LDFLAGS ?= -pie -Wl,-z,relro -Wl,-z,now
DEPS     = -MMD -MP -MF $@.d -MT $@
SANITIZED := -g -O1 -fno-omit-frame-pointer \
             -fsanitize=address,undefined -fno-sanitize-recover=undefined


.PHONY: help build install install-shopctl uninstall deb run test check unit fuzz chaos
.PHONY: fuzz-requests
.PHONY: bench clean setup-build setup-run setup-test setup-bench setup-source
.PHONY: setup-aarch64 setup-deb setup-distros dist test-aarch64 test-distros
.PHONY: sanitized sanitized-nginx test-matrix bench-probes FORCE

help:
	@echo "build      $(MODULE), against nginx-dev or NGINX_SRC="
	@echo "install    the module into the nginx of this machine (DESTDIR=)"
	@echo "uninstall  takes it away again"
	@echo "deb        a package for Debian's nginx, and that of the next release"
	@echo "           NGINX_SRC=: for nginx.org's nginx of this version"
	@echo "dist       what a release is, as a tar file"
	@echo "run        the demo shop on http://127.0.0.1:$(PORT) (PORT=)"
	@echo "test       all tests (TESTS=\"t/gate/foo.t t/unit/test_bar.c\": some)"
	@echo "           SANITIZE=1: nginx and the module under ASan and UBSan"
	@echo "           VALGRIND=1: some of them under valgrind (TESTS=)"
	@echo "check      style, layers, warnings of gcc and clang, cppcheck"
	@echo "unit       the unit tests only"
	@echo "fuzz       every fuzz target for FUZZ_SECONDS=$(FUZZ_SECONDS)"
	@echo "fuzz-requests  requests of all kinds to a sanitized nginx (SECONDS=60,"
	@echo "           REQUESTS= of a round; SEED= CONF= ROUND= repeat one)"
	@echo "test-matrix  the tests with other versions of nginx (NGINX_SRC=)"
	@echo "test-aarch64  logic/ and how words are published, emulated"
	@echo "test-distros  all of this in bare Debian systems (SUITES=, as root)"
	@echo "bench      ours and the rivals (BENCH=t/bench/foo: some)"
	@echo "chaos      load while all goes wrong, two minutes (SEED= repeats one)"
	@echo "bench-probes  what probes cost, for up to 10,000 servers"
	@echo "clean      removes $(BUILD)/"

# SETUP=: leaves it to who called, as a package's build does
SETUP ?= t/tools/setup.sh

setup-build setup-run setup-test setup-bench setup-source setup-aarch64 \
setup-distros setup-deb:
	@$(SETUP) $(@:setup-%=%)


# ---- the module and shopctl

build: $(MODULE) $(SHOPCTL) $(BESIDES)

# another tree, version or compiler makes another module
$(BUILD)/settings: FORCE | setup-build
	@t/tools/build_module.sh --settings $(BUILD)

$(MODULE): $(SOURCES) $(BUILD)/settings t/tools/build_module.sh
	@+t/tools/build_module.sh $(BUILD)

# a release has it already, so that its build needs no perl
$(BUILD)/assets.c: $(HTML) | setup-build
	@mkdir -p $(@D)
	@if [ -e assets.c ]; then cp assets.c $@; else perl html/embed.pl $@; fi

$(BUILD)/shopctl: $(CTL:%.c=$(BUILD)/obj/%.o) $(LOGIC:%.c=$(BUILD)/obj/%.o)
	$(call SHOW,cc)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(SHOPCTL_LIBS)

define BESIDE_OF
$(BUILD)/shopctl-$(1): \
        $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard $(TOP)/ctl/$(1)/*.c) $(SHARED))
	$$(call SHOW,cc)
	$$(Q)$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(BESIDE_LIBS_$(1)) \
	    $$(SHOPCTL_LIBS)

$(BUILD)/asan/shopctl-$(1): \
        $(patsubst %.c,$(BUILD)/sanitized/%.o,$(wildcard $(TOP)/ctl/$(1)/*.c) $(SHARED))
	@mkdir -p $$(@D)
	$$(call SHOW,cc)
	$$(Q)$$(CC) $$(SANITIZED) -o $$@ $$^ $$(BESIDE_LIBS_$(1)) $$(SHOPCTL_LIBS)
endef

$(foreach name,$(BESIDE),$(eval $(call BESIDE_OF,$(name))))

$(BUILD)/obj/%.o: %.c | setup-build
	@mkdir -p $(@D)
	$(call SHOW,cc)
	$(Q)$(CC) $(STRICT) $(CPPFLAGS) $(CFLAGS) $(DEPS) -c -o $@ $<

install: build
	@t/tools/install.sh install

# for packages, which bring the module in their own way: PREFIX=/usr
install-shopctl: $(SHOPCTL) $(BESIDES)
	@t/tools/install.sh install-shopctl

uninstall:
	@t/tools/install.sh uninstall

deb: setup-deb
	@t/tools/deb.sh $(BUILD)/deb

# what a release is: the sources that git knows, and assets.c
dist: $(BUILD)/assets.c
	@t/tools/dist.sh $(BUILD)

run: setup-run build
	@t/demo/run


# ---- tests: unit tests are programs that speak TAP, beside Perl's t/*/*.t

# failover, pages, flags, the status, probes of a worker that ends
MEMCHECKED := failover/chain page/fallback flag/life status/status peers/exit

TESTS   ?= $(if $(VALGRIND),$(MEMCHECKED:%=t/%.t),\
               $(wildcard t/unit/test_*.c t/*/*.t))
PROVE   := prove -j $(JOBS) -It/lib $(PROVE_FLAGS)

# the module once more, in which a worker can be killed at any store into memory
# that workers share
STEPS   := t/nginx/kill_steps.t t/nginx/resolve_locks.t

# what they need, and no more
NAMED   := $(wildcard $(TESTS))
PARTS   := $(patsubst t/%.c,$(BUILD)/t/%,$(filter t/unit/%.c,$(NAMED))) \
           $(if $(filter t/fuzz/fuzz.t,$(NAMED)),$(FUZZ)) \
           $(if $(filter t/notify/trouble.t,$(NAMED)),\
               $(BUILD)/asan/shopctl-notify) \
           $(if $(filter t/fleet/hostile.t,$(NAMED)),\
               $(BUILD)/asan/shopctl-fleet) \
           $(if $(SANITIZE)$(VALGRIND),,$(if $(filter $(STEPS),$(NAMED)),\
               $(BUILD)/steps/$(notdir $(MODULE)))) \
           $(if $(filter %.t,$(NAMED)),build $(if $(SANITIZE),sanitized))

test: setup-test $(PARTS)
	@CMOCKA_MESSAGE_OUTPUT=TAP $(if $(SANITIZE),$(IN_SANITIZED)) \
	    $(if $(VALGRIND),TEST_PATIENCE=8) \
	    $(PROVE) $(patsubst t/unit/%.c,$(BUILD)/t/unit/%,$(TESTS))


$(BUILD)/steps/settings: FORCE | setup-build
	@$(IN_STEPS) t/tools/build_module.sh --settings $(@D)

$(BUILD)/steps/$(notdir $(MODULE)): $(SOURCES) $(BUILD)/steps/settings \
        t/tools/build_module.sh $(wildcard t/tools/steps/*)
	@rm -f $(@D)/nginx/objs/*.so
	@+$(IN_STEPS) t/tools/build_module.sh $(@D)

IN_STEPS = CC=$(CURDIR)/t/tools/steps/cc CC_OPT="-g -O1 -fPIC"


# nginx itself, too: its allocations come from malloc() one by one.  Its own
# undefined behaviour is old and known: a report fails a test where it names
# our files (ShopTest::Log).

IN_SANITIZED = NGINX_BIN=$(CURDIR)/$(BUILD)/asan/nginx/objs/nginx \
    MODULE_SO=$(CURDIR)/$(BUILD)/asan/ngx_shop_failover_module.so \
    SHOPCTL=$(BUILD)/asan/shopctl SHOPCTL_FLEET=$(BUILD)/asan/shopctl-fleet \
    SANITIZED=1 TEST_PATIENCE=4 TEST_TIMEOUT=240

$(BUILD)/asan/shopctl: $(CTL:%.c=$(BUILD)/sanitized/%.o) \
        $(LOGIC:%.c=$(BUILD)/sanitized/%.o)
	@mkdir -p $(@D)
	$(call SHOW,cc)
	$(Q)$(CC) $(SANITIZED) -o $@ $^ $(SHOPCTL_LIBS)

$(BUILD)/sanitized/nginx_options.o: t/tools/asan_options.c | setup-build
	@mkdir -p $(@D)
	$(Q)$(CC) -fPIC -c -o $@ $<
	@rm -f $(BUILD)/asan/nginx/objs/nginx

sanitized: sanitized-nginx $(BUILD)/asan/shopctl \
           $(BESIDE:%=$(BUILD)/asan/shopctl-%)

sanitized-nginx: $(BUILD)/sanitized/nginx_options.o | setup-source
	@+tree=$${NGINX_SRC:-$$(t/tools/nginx_source.sh $(BUILD)/sources)} && \
	    NGINX_SRC=$$tree \
	    CC_OPT="-g -O1 -fPIC -fno-omit-frame-pointer -DNGX_DEBUG_PALLOC=1 \
	    -fsanitize=address,undefined \
	    -fno-sanitize=alignment,nonnull-attribute,pointer-overflow" \
	    LD_OPT="-fsanitize=address,undefined $(CURDIR)/$<" \
	    TARGETS="binary modules" t/tools/build_module.sh $(BUILD)/asan

unit: setup-test $(UNIT)
	@CMOCKA_MESSAGE_OUTPUT=TAP $(PROVE) $(UNIT)

$(BUILD)/t/unit/%: t/unit/%.c $(LOGIC:%.c=$(BUILD)/sanitized/%.o) | setup-test
	@mkdir -p $(@D)
	$(call SHOW,cc)
	$(Q)$(CC) $(STRICT) $(SANITIZED) $(DEPS) -o $@ $(filter %.c %.o,$^) -lcmocka

$(BUILD)/sanitized/%.o: %.c | setup-build
	@mkdir -p $(@D)
	$(call SHOW,cc)
	$(Q)$(CC) $(STRICT) $(SANITIZED) $(DEPS) -c -o $@ $<

# SEED= repeats an order
chaos: setup-test build $(if $(SANITIZE),sanitized)
	@$(if $(SANITIZE),$(IN_SANITIZED)) perl -It/lib t/chaos

# all beside SECONDS repeats a finding; NGINX_SRC= is another nginx's tree
fuzz-requests: setup-test sanitized-nginx
	@$(IN_SANITIZED) TEST_PATIENCE=2 perl -It/lib t/fuzz_requests/run \
	    --seed=$(SEED) --seconds=$(SECONDS) --requests=$(REQUESTS) \
	    --conf=$(CONF) --round=$(ROUND)

fuzz: setup-test $(FUZZ)
	@t/tools/fuzz.sh -max_total_time=$(FUZZ_SECONDS) $(FUZZ)

$(BUILD)/t/fuzz/%: t/fuzz/%.c $(LOGIC:%.c=$(BUILD)/fuzzed/%.o) | setup-test
	@mkdir -p $(@D)
	$(call SHOW,cc)
	$(Q)clang $(STRICT) $(SANITIZED) -fsanitize=fuzzer $(DEPS) \
	    -o $@ $(filter %.c %.o,$^)

$(BUILD)/fuzzed/%.o: %.c | setup-test
	@mkdir -p $(@D)
	$(call SHOW,cc)
	$(Q)clang $(STRICT) $(SANITIZED) -fsanitize=fuzzer-no-link $(DEPS) \
	    -c -o $@ $<


# ---- other versions of nginx

test-matrix: setup-test setup-source $(SHOPCTL)
	@+JOBS=$(JOBS) t/tools/matrix.sh $(BUILD)/matrix

# bare systems, in which nothing is installed but what we install ourselves
SUITES ?= bookworm trixie sid

test-distros: setup-distros
	@t/tools/distros.sh $(BUILD)/distros $(SUITES)


# ---- another machine: all of logic/ by its unit tests, which run on a stand-in
# for cmocka; and how words are published.  Emulated: docs/architecture.md says
# what that can show.

ARM      := aarch64-linux-gnu-gcc -std=gnu99 -Wall -Wextra -O2 -I$(TOP)
RUN_ARM  := qemu-aarch64 -L /usr/aarch64-linux-gnu
ARM_UNIT := $(patsubst t/unit/%.c,$(BUILD)/aarch64/t/unit/%,\
                $(wildcard t/unit/test_*.c))

test-aarch64: setup-test setup-aarch64 $(BUILD)/aarch64/publish $(ARM_UNIT)
	@prove --exec "$(RUN_ARM)" $(BUILD)/aarch64/publish $(ARM_UNIT)

$(BUILD)/aarch64/publish: t/litmus/publish.c | setup-aarch64
	@mkdir -p $(@D)
	$(call SHOW,cc)
	$(Q)$(ARM) -o $@ $<

$(BUILD)/aarch64/t/unit/%: t/unit/%.c t/litmus/cmocka.h \
        $(LOGIC:%.c=$(BUILD)/aarch64/%.o)
	@mkdir -p $(@D)
	$(call SHOW,cc)
	$(Q)$(ARM) -It/litmus -o $@ $(filter %.c %.o,$^)

$(BUILD)/aarch64/%.o: %.c | setup-aarch64
	@mkdir -p $(@D)
	$(call SHOW,cc)
	$(Q)$(ARM) $(DEPS) -c -o $@ $<


# ---- bench: one after the other, as each wants the machine for itself

BENCH ?= $(shell find t/bench -maxdepth 2 -type f -perm -u+x | sort)

bench: setup-bench build
	@rc=0; for bench in $(BENCH); do \
	    echo "== $$bench"; $$bench || rc=1; \
	done; exit $$rc

bench-probes: setup-test build
	@t/bench/probes


# ---- checks: nothing here is run, everything is read

STRICTLY := $(patsubst %.c,%.o,$(LOGIC) $(CTL) $(wildcard $(TOP)/ctl/*/*.c))
CHECKED  := $(foreach cc,gcc clang,\
                $(addprefix $(BUILD)/check/$(cc)/,$(STRICTLY)))

# warnings are errors here and nowhere else
STERN    := $(foreach cc,gcc clang,$(BUILD)/$(cc)/ngx_shop_failover_module.so)

check: setup-test build $(STERN) $(CHECKED)
	@t/tools/style $(BUILD)
	@t/tools/layers $(BUILD)
	@t/tools/cppcheck.sh $(BUILD)
	@echo "check: all is well"

define CHECK_WITH
$(BUILD)/check/$(1)/%.o: %.c | setup-test
	@mkdir -p $$(@D)
	$$(call SHOW,$(1))
	$$(Q)$(1) $(STRICT) -Werror -O2 $$(DEPS) -c -o $$@ $$<

$(BUILD)/$(1)/settings: FORCE | setup-test
	@CC=$(1) WERROR=1 t/tools/build_module.sh --settings $$(@D)

$(BUILD)/$(1)/ngx_shop_failover_module.so: $(SOURCES) \
        $(BUILD)/$(1)/settings t/tools/build_module.sh
	@+CC=$(1) WERROR=1 t/tools/build_module.sh $$(@D)
endef

$(foreach cc,gcc clang,$(eval $(call CHECK_WITH,$(cc))))


clean:
	rm -rf $(BUILD)

FORCE:

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
