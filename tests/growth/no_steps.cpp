// SPDX-License-Identifier: Apache-2.0
// For the other programs of a build with MESHROUTE_COUNT_STEPS: they count nothing.
extern "C" [[gnu::weak]] void __sanitizer_cov_trace_pc() {}
