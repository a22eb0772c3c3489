# The two commands are `make demo` and `make check`; `make` alone builds build/winnow.

BUILD ?= build
JOBS ?= $(shell nproc)

.PHONY: all configure demo check check-long check-fresh check-format bench install clean

all: configure
	cmake --build $(BUILD) -j $(JOBS) --target winnow

configure:
	cmake -S . -B $(BUILD) -DCMAKE_BUILD_TYPE=Release $(if $(TESTS),-DWINNOW_TESTS=ON,-DWINNOW_TESTS=OFF) > $(BUILD).log 2>&1 \
	  || { cat $(BUILD).log; exit 1; }; rm -f $(BUILD).log

demo:
	sh tools/dependencies.sh demo
	$(MAKE) --no-print-directory all
	sh tools/demo.sh $(BUILD)

check:
	sh tools/dependencies.sh check
	sh tools/check.sh $(BUILD)

check-long:
	sh tools/dependencies.sh check
	WN_LONG=1 sh tools/check.sh $(BUILD)

check-fresh:
	sh tools/check_fresh.sh

bench:
	sh tools/dependencies.sh bench
	$(MAKE) --no-print-directory all
	sh bench/run.sh $(BUILD)

install: all
	cmake --install $(BUILD) $(if $(PREFIX),--prefix $(PREFIX))

clean:
	rm -rf $(BUILD) build-dev build-clang build-coverage
