//===- Cpu.c - What this CPU can do ---*- C -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// So that code for a better CPU ends in an error code and not in SIGILL.
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/Net.h"

#if defined(__x86_64__)

enum { EAX, EBX, ECX, EDX, NUM_REGISTERS };
enum { LEAF_1, LEAF_7, LEAF_7_1, LEAF_AMD, NUM_LEAVES };

/// Bits of XCR0 (Intel SDM vol. 1, 13.3): SSE and AVX; and AVX-512's three.
enum { NONE = 0, YMM = 0x6, ZMM = 0xe6 };

static void cpuid(uint32_t leaf, uint32_t subleaf, uint32_t *registers) {
  __asm__ volatile("cpuid"
                   : "=a"(registers[EAX]), "=b"(registers[EBX]),
                     "=c"(registers[ECX]), "=d"(registers[EDX])
                   : "a"(leaf), "c"(subleaf));
}

/// Leaves that the CPU does not have read as zero.
static void readLeaves(uint32_t leaves[NUM_LEAVES][NUM_REGISTERS]) {
  uint32_t ids[NUM_REGISTERS];
  for (int i = 0; i < NUM_LEAVES; ++i)
    for (int j = 0; j < NUM_REGISTERS; ++j)
      leaves[i][j] = 0;
  cpuid(0, 0, ids);
  cpuid(1, 0, leaves[LEAF_1]);
  if (ids[EAX] >= 7) {
    cpuid(7, 0, leaves[LEAF_7]);
    if (leaves[LEAF_7][EAX] >= 1)
      cpuid(7, 1, leaves[LEAF_7_1]);
  }
  cpuid(0x80000000u, 0, ids);
  if (ids[EAX] >= 0x80000001u)
    cpuid(0x80000001u, 0, leaves[LEAF_AMD]);
}

/// Which vector registers the operating system saves; 0 where it has no XSAVE.
static uint32_t savedStates(const uint32_t *leaf1) {
  if (!(leaf1[ECX] >> 27 & 1))
    return 0;
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

/// The mask of CpuFeatures.def for this machine.
static uint64_t readFeatures(void) {
  uint32_t leaves[NUM_LEAVES][NUM_REGISTERS];
  readLeaves(leaves);
  uint32_t states = savedStates(leaves[LEAF_1]);
  uint64_t features = 0;
  int index = 0;
#define KILN_X86_FEATURE(name, leaf, reg, bit, state)                          \
  if ((leaves[leaf][reg] >> (bit) & 1) && (states & (state)) == (state))       \
    features |= (uint64_t)1 << index;                                          \
  ++index;
#include "kiln/Runtime/CpuFeatures.def"
  return features;
}

/// CPUID leaves a virtual machine each time it is asked, which costs more than
/// a small net: so the answer is kept. Threads may find it twice, and write the
/// same. The top bit says that it is known.
static uint64_t knownFeatures;

int kiln_cpu_serves(uint64_t features) {
  const uint64_t known = (uint64_t)1 << 63;
  uint64_t served = __atomic_load_n(&knownFeatures, __ATOMIC_RELAXED);
  if (!served) {
    served = readFeatures() | known;
    __atomic_store_n(&knownFeatures, served, __ATOMIC_RELAXED);
  }
  return (features & ~served) == 0;
}

#else

/// Elsewhere nothing is checked: a caller who compiles for more than the
/// architecture's baseline must know the CPU.
int kiln_cpu_serves(uint64_t features) { return features == 0; }

#endif
