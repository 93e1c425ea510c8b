// RUN: kiln-opt %s -pass-pipeline="builtin.module(func.func(cpu-fuse-elementwise))" | FileCheck %s --check-prefix=ONE
// RUN: kiln-opt %s -pass-pipeline="builtin.module(func.func(cpu-fuse-elementwise{max-body-size=4}))" | FileCheck %s --check-prefix=TWO
// A chain becomes one loop, as long as its body stays small enough for LLVM.

// ONE-COUNT-1: linalg.generic
// ONE: math.absf
// ONE-NOT: linalg.generic
// ONE: math.sqrt
// ONE: math.ceil
// ONE-NOT: linalg.generic

// Bodies count their terminators: two operations make three, so the third loop
// stays by itself.
// TWO: linalg.generic
// TWO: math.absf
// TWO: math.sqrt
// TWO: linalg.generic
// TWO: math.ceil
#map = affine_map<(d0, d1) -> (d0, d1)>
func.func @chain(%x: tensor<3x7xf32>) -> tensor<3x7xf32> {
  %e = tensor.empty() : tensor<3x7xf32>
  %0 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<3x7xf32>) outs(%e : tensor<3x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %a = math.absf %in : f32
    linalg.yield %a : f32
  } -> tensor<3x7xf32>
  %1 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel"]}
      ins(%0 : tensor<3x7xf32>) outs(%e : tensor<3x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %a = math.sqrt %in : f32
    linalg.yield %a : f32
  } -> tensor<3x7xf32>
  %2 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel"]}
      ins(%1 : tensor<3x7xf32>) outs(%e : tensor<3x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %a = math.ceil %in : f32
    linalg.yield %a : f32
  } -> tensor<3x7xf32>
  return %2 : tensor<3x7xf32>
}
