// RUN: kiln-opt %s --cpu-lower-linalg --lower-affine --canonicalize --cse | FileCheck %s

// A vector for the channels of a block; what all pixels share is not read as a
// vector of pixels.
// CHECK-LABEL: func @scale
// CHECK: %[[A:.*]] = vector.load %arg0[{{.*}}] : memref<1x2x9x7x16xf32>, vector<16xf32>
// CHECK: %[[B:.*]] = vector.load %arg1[%c0, %{{.*}}, %c0, %c0, %c0] : memref<1x2x1x1x16xf32>, vector<16xf32>
// CHECK: %[[Y:.*]] = arith.mulf %[[A]], %[[B]] : vector<16xf32>
// CHECK: vector.store %[[Y]], %arg2
func.func @scale(%x: memref<1x2x9x7x16xf32>, %s: memref<1x2x1x1x16xf32>, %y: memref<1x2x9x7x16xf32>) {
  linalg.generic {
      indexing_maps = [affine_map<(n, b, h, w, v) -> (n, b, h, w, v)>,
                       affine_map<(n, b, h, w, v) -> (n, b, 0, 0, v)>,
                       affine_map<(n, b, h, w, v) -> (n, b, h, w, v)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]}
      ins(%x, %s : memref<1x2x9x7x16xf32>, memref<1x2x1x1x16xf32>) outs(%y : memref<1x2x9x7x16xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %m = arith.mulf %a, %b : f32
    linalg.yield %m : f32
  }
  return
}

// One element for all lanes is broadcast; lanes may lie along a flat dimension,
// and pixels be taken twice.
// CHECK-LABEL: func @resize
// CHECK: %[[X:.*]] = vector.load %arg0
// CHECK: %[[P:.*]] = memref.load %arg1
// CHECK: %[[C:.*]] = vector.load %arg2[{{.*}}] : memref<24xf32>, vector<8xf32>
// CHECK: %[[V:.*]] = vector.broadcast %[[P]] : f32 to vector<8xf32>
// CHECK: %[[S:.*]] = arith.addf %[[X]], %[[V]] : vector<8xf32>
// CHECK: arith.addf %[[S]], %[[C]] : vector<8xf32>
func.func @resize(%x: memref<2x3x4x5x8xf32>, %p: memref<8x10xf32>, %c: memref<24xf32>, %y: memref<2x3x8x10x8xf32>) {
  linalg.generic {
      indexing_maps = [affine_map<(n, b, h, w, v) -> (n, b, h floordiv 2, w floordiv 2, v)>,
                       affine_map<(n, b, h, w, v) -> (h, w)>,
                       affine_map<(n, b, h, w, v) -> (b * 8 + v)>,
                       affine_map<(n, b, h, w, v) -> (n, b, h, w, v)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]}
      ins(%x, %p, %c : memref<2x3x4x5x8xf32>, memref<8x10xf32>, memref<24xf32>) outs(%y : memref<2x3x8x10x8xf32>) {
  ^bb0(%a: f32, %b: f32, %d: f32, %o: f32):
    %m = arith.addf %a, %b : f32
    %r = arith.addf %m, %d : f32
    linalg.yield %r : f32
  }
  return
}

// Neither reductions nor other lengths.
// CHECK-LABEL: func @others
// CHECK-NOT: vector
func.func @others(%x: memref<3x16xf32>, %y: memref<3xf32>, %z: memref<16x3xf32>) {
  linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>],
      iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<3x16xf32>) outs(%y : memref<3xf32>) {
  ^bb0(%a: f32, %o: f32):
    %r = arith.addf %a, %o : f32
    linalg.yield %r : f32
  }
  linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<3x16xf32>) outs(%z : memref<16x3xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  }
  return
}
