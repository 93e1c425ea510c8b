// Each phase is a stop: its IR is printed, can be loaded again, and leads on
// to the same result.
// REQUIRES: kiln
// RUN: kiln compile %s --to=import | FileCheck %s --check-prefixes=IMPORT
// RUN: kiln compile %s --to=fold | FileCheck %s --check-prefixes=FOLD
// RUN: kiln compile %s --to=mode -o %t.mode.mlir
// RUN: kiln compile %t.mode.mlir --from=mode --to=fold -o %t.fold.mlir
// RUN: kiln compile %s --to=fold -o %t.direct.mlir
// RUN: kiln compile %t.fold.mlir --from=fold --to=kernels --elide-weights | FileCheck %s --check-prefix=KERNELS
// RUN: kiln compile %s --to=fuse --print-ir-after=mode,fold 2>&1 >/dev/null | FileCheck %s --check-prefix=AFTER
// RUN: kiln compile %s --fold-report=%t.json --to=fold -o - > /dev/null
// RUN: FileCheck %s --check-prefix=JSON < %t.json

// IMPORT: nn.batch_norm_inference
// FOLD-NOT: nn.batch_norm_inference
// FOLD: nn.conv
// KERNELS: llvm.func @kiln_main
// AFTER: after phase mode
// AFTER: nn.batch_norm_inference
// AFTER: after phase fold
// JSON: "action": "folded"
// JSON: "into": "conv1"
// JSON: "name": "bn1"
// JSON: "net": "two_channels"

func.func @two_channels(%x: tensor<1x2x7xf32> {nn.name = "x"}) -> (tensor<1x3x5xf32> {nn.name = "y"}) {
  %w = arith.constant dense<[[[0.5, -1.0, 0.25], [2.0, 0.75, -0.5]],
                             [[1.0, 0.5, -2.0], [0.125, -0.25, 3.0]],
                             [[-1.5, 1.0, 0.0], [0.5, 0.25, 1.25]]]> : tensor<3x2x3xf32>
  %scale = arith.constant dense<[1.5, -0.5, 2.0]> : tensor<3xf32>
  %offset = arith.constant dense<[0.25, 1.0, -0.75]> : tensor<3xf32>
  %mean = arith.constant dense<[0.5, -1.0, 0.125]> : tensor<3xf32>
  %variance = arith.constant dense<[0.75, 2.0, 1.25]> : tensor<3xf32>
  %0 = nn.conv %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>,
      pad_low = array<i64: 0>, pad_high = array<i64: 0>}
    : (tensor<1x2x7xf32>, tensor<3x2x3xf32>) -> tensor<1x3x5xf32> loc("conv1"("net"))
  %1 = nn.batch_norm_inference %0, %scale, %offset, %mean, %variance {epsilon = 1.0e-05 : f64}
    : (tensor<1x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x5xf32> loc("bn1"("net"))
  return %1 : tensor<1x3x5xf32>
}
