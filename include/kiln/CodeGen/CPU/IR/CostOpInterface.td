//===- CostOpInterface.td - What a kernel costs ---*- tablegen -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CPU_IR_COSTOPINTERFACE_TD
#define KILN_CODEGEN_CPU_IR_COSTOPINTERFACE_TD

include "mlir/IR/Interfaces.td"

def CPU_CostOpInterface : OpInterface<"CostOpInterface"> {
  let cppNamespace = "::kiln::cpu";
  let description = [{
    What an operation that becomes a kernel computes, known before it is
    emitted: `cpu-record-traffic` keeps it in `kiln.costs`, and `kiln bench`
    sets it against the time that the kernel takes. Multiplications and
    additions are counted one each; the epilogue is not counted.
  }];
  let methods = [
    InterfaceMethod<[{
        FLOPs of the layer as its mathematics states it, whatever the algorithm:
        a convolution's taps in the padding count. Comparable between compilers.
      }], "int64_t", "getNominalFlops">,
    InterfaceMethod<[{
        FLOPs that the emitted code executes: skipped taps do not count, lanes
        beyond the last channel and a Winograd kernel's transforms do. Against
        the time they tell how well the kernel uses the machine. As many as the
        nominal ones unless the operation knows better.
      }], "int64_t", "getExecutedFlops", (ins), /*methodBody=*/"",
      /*defaultImplementation=*/[{ return $_op.getNominalFlops(); }]>,
    InterfaceMethod<[{
        Cycles of one core that the cost model expected of this kernel when it
        chose it: the discardable attribute `cpu.predicted_cycles` (f64), which
        the lowering sets and bufferization keeps. Nothing where no model chose.
      }], "std::optional<double>", "getPredictedCycles", (ins),
      /*methodBody=*/"", /*defaultImplementation=*/[{
        auto cycles = $_op->template getAttrOfType<::mlir::FloatAttr>(
            ::kiln::cpu::kPredictedCyclesAttrName);
        if (!cycles)
          return std::nullopt;
        return cycles.getValueAsDouble();
      }]>
  ];
}

#endif // KILN_CODEGEN_CPU_IR_COSTOPINTERFACE_TD
