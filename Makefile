# One command from a bare Python 3.11: `make run` or `make test`. Each step leaves a stamp and is done again only when
# what it is made of has changed. All paths are relative, so blanks and Chinese in the checkout's path are fine.
SHELL := /bin/sh
V := .venv
S := $(V)/.stamps
PY := $(V)/bin/python
UI := src/xirang/ui/frontend
LINT := tools/lint
ENGLISH := src/xirang/project/locale/en/LC_MESSAGES/django
BUILT := src/xirang/ui/static/ui
export PIP_DISABLE_PIP_VERSION_CHECK := 1
step = @printf '» %s\n' "$(1)"

# An environment whose interpreter is gone (the system's Python was replaced) is made anew.
ifneq ($(wildcard $(V)),)
ifneq ($(shell $(PY) -c 'print(1)' 2>/dev/null),1)
$(shell rm -rf $(V))
endif
endif

.PHONY: help setup run test quick t check bench pack docs wheel clean force
.DEFAULT_GOAL := help

help: ## 显示本说明 / list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(S)/linked $(S)/dev $(S)/ui $(S)/lint $(ENGLISH).mo ## 装好运行和测试所需的一切，不启动任何东西 / all that run and test need; starts nothing

run: $(S)/linked $(S)/ui $(ENGLISH).mo ## 装好并启动，地址和演示账号会打印出来 / set up and serve (PORT, HOST, DATABASE_URL)
	@exec $(V)/bin/xirang run

test: setup ## 全部测试 / all tests
	$(call step,旧内核浏览器 / old browser kernels)
	@$(PY) -m tests.journeys.browsers
	$(call step,测试 / tests)
	@began=$$(date +%s); $(PY) -m pytest -q -n 2; ended=$$?; printf '» %s s\n' $$(($$(date +%s) - began)); exit $$ended

quick: setup ## 不开浏览器、不起进程的测试，两分钟以内 / all tests but journeys and slow ones
	$(call step,快测 / quick tests)
	@began=$$(date +%s); $(PY) -m pytest -q -n 2 -m "not journey and not slow"; ended=$$?; \
	  printf '» %s s\n' $$(($$(date +%s) - began)); exit $$ended

t: setup ## 单挑测试：make t k=名字 / chosen tests: make t k=name
	@$(PY) -m pytest -q -n 0 -k "$(k)"

check: setup ## 代码风格、楼层、迁移、应用包 / style, floors, migrations, packs
	$(call step,formatting)
	@$(PY) -m ruff format --quiet --check .
	$(call step,ruff)
	@$(PY) -m ruff check --quiet .
	$(call step,styles and scripts)
	@$(PY) tools/frontend.py lint
	$(call step,templates)
	@templates=$$(find src -path '*/jinja2/*' -name '*.html'); [ -z "$$templates" ] || $(V)/bin/djlint --quiet --lint $$templates
	$(call step,types)
	@$(PY) -m mypy --no-error-summary
	$(call step,import floors)
	@$(PY) -m tools.contracts
	$(call step,Django and migrations)
	@$(V)/bin/xirang manage check --fail-level WARNING
	@$(V)/bin/xirang manage makemigrations --check --dry-run
	$(call step,packs)
	@$(V)/bin/xirang pack check packs/*

bench: setup ## 量一量快慢：make bench b="cases lists" / measurements, all or those named
	@$(PY) -m bench $(b)

pack: setup ## 检查应用包：make pack p=packs/名字 / check one pack, or all of them
	@$(V)/bin/xirang pack check $(if $(p),$(p),packs/*)

docs: setup ## 重新生成文档里由代码得出的部分 / write the generated parts of docs
	@$(PY) -m tools.docs

wheel: setup ## 打出安装包，放在 dist / a wheel and an sdist in dist
	@rm -rf dist && $(PY) -m hatchling build -d dist -t wheel -t sdist

clean: ## 删掉装好的东西，数据（var）不动 / remove what setup made; data in var stays
	@rm -rf $(V) $(UI)/node_modules $(LINT)/node_modules $(BUILT) $(ENGLISH).mo .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis dist build
	@find src tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

force:

# The first Python of the machine that is new enough; PYTHON=… chooses another.
$(S)/venv:
	$(call step,1/5 Python 环境 / Python environment)
	@for python in $${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then echo '需要 Python 3.11 或更新版本。/ Python 3.11 or newer is needed.' >&2; exit 1; fi; \
	"$$found" -m venv $(V) || { rm -rf $(V); echo '建不成环境；Debian 和 Ubuntu 请先装 python3-venv。/ No venv; install python3-venv first.' >&2; exit 1; }; \
	mkdir -p $(S) && touch $@

$(S)/base: requirements/base.txt requirements/uv.txt | $(S)/venv
	$(call step,2/5 程序库 / libraries)
	@$(PY) tools/install.py requirements/base.txt && touch $@

$(S)/dev: requirements/dev.txt $(S)/base
	$(call step,    测试工具 / test tools)
	@$(PY) tools/install.py requirements/dev.txt && touch $@

$(S)/linked: tools/install.py | $(S)/base
	$(call step,3/5 xirang 命令 / the xirang command)
	@$(PY) tools/install.py --link && touch $@

$(S)/npm: $(UI)/package-lock.json $(if $(wildcard $(UI)/node_modules),,force) | $(S)/base
	$(call step,4/5 浏览器用的库 / browser libraries)
	@$(PY) tools/frontend.py libraries && touch $@

# Formatter and linters of styles and scripts; who only runs Xirang does without them.
$(S)/lint: $(LINT)/package-lock.json $(if $(wildcard $(LINT)/node_modules),,force) | $(S)/base
	@$(PY) tools/frontend.py linters && touch $@

$(S)/ui: $(S)/npm $(shell find $(UI) -name node_modules -prune -o -type f -print) $(if $(wildcard $(BUILT)/*),,force)
	$(call step,5/5 样式和脚本 / styles and scripts)
	@$(PY) tools/frontend.py build && touch $@

# The English catalogue in the form that Django reads. It takes a tenth of a second, so it says nothing.
$(ENGLISH).mo: $(ENGLISH).po tools/messages.py | $(S)/linked
	@$(PY) -m tools.messages compile
