// The loop over the lanes of a block is one operation on vectors.
// RUN: kiln-opt %s --cpu-lower-linalg --split-input-file | FileCheck %s

// A block times a number for each channel, and a row that a table chooses.
// CHECK-LABEL: @blocks
// CHECK-SAME: %[[X:.*]]: memref<1x2x3x5x8xf32>, %[[S:.*]]: memref<16xf32>, %[[T:.*]]: memref<3xi32>
// CHECK-COUNT-4: scf.for
// CHECK-NOT: scf.for
// CHECK-DAG: %[[A:.*]] = vector.load %[[X]]
// CHECK-DAG: %[[B:.*]] = vector.load %[[S]]
// CHECK-DAG: %[[I:.*]] = memref.load %[[T]]
// CHECK: %[[P:.*]] = arith.mulf %[[A]], %[[B]] : vector<8xf32>
// CHECK: %[[R:.*]] = vector.load %[[X]]
// CHECK: %[[Q:.*]] = arith.addf %[[P]], %[[R]] : vector<8xf32>
// CHECK: vector.store %[[Q]]
func.func @blocks(%x: memref<1x2x3x5x8xf32>, %s: memref<16xf32>, %t: memref<3xi32>, %y: memref<1x2x3x5x8xf32>) {
  linalg.generic {
      indexing_maps = [affine_map<(n, b, h, w, v) -> (n, b, h, w, v)>,
                       affine_map<(n, b, h, w, v) -> (b * 8 + v)>,
                       affine_map<(n, b, h, w, v) -> (h)>,
                       affine_map<(n, b, h, w, v) -> (n, b, h, w, v)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]}
      ins(%x, %s, %t : memref<1x2x3x5x8xf32>, memref<16xf32>, memref<3xi32>)
      outs(%y : memref<1x2x3x5x8xf32>) {
  ^bb0(%a: f32, %c: f32, %i: i32, %o: f32):
    %p = arith.mulf %a, %c : f32
    %n = linalg.index 0 : index
    %b = linalg.index 1 : index
    %h = arith.index_cast %i : i32 to index
    %w = linalg.index 3 : index
    %v = linalg.index 4 : index
    %r = memref.load %x[%n, %b, %h, %w, %v] : memref<1x2x3x5x8xf32>
    %q = arith.addf %p, %r : f32
    linalg.yield %q : f32
  }
  return
}

// -----

// What is read along another dimension is not side by side.
// CHECK-LABEL: @transposed
// CHECK-NOT: vector.load
// CHECK: memref.store
func.func @transposed(%x: memref<8x5xf32>, %y: memref<5x8xf32>) {
  linalg.generic {
      indexing_maps = [affine_map<(h, v) -> (v, h)>, affine_map<(h, v) -> (h, v)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<8x5xf32>) outs(%y : memref<5x8xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  }
  return
}

// -----

// Booleans lie in memory as bytes, a vector of them as bits.
// CHECK-LABEL: @booleans
// CHECK-NOT: vector
// CHECK: memref.store
func.func @booleans(%c: memref<5x8xi1>, %x: memref<5x8xf32>, %y: memref<5x8xf32>) {
  linalg.generic {
      indexing_maps = [affine_map<(h, v) -> (h, v)>, affine_map<(h, v) -> (h, v)>,
                       affine_map<(h, v) -> (h, v)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%c, %x : memref<5x8xi1>, memref<5x8xf32>) outs(%y : memref<5x8xf32>) {
  ^bb0(%b: i1, %a: f32, %o: f32):
    %n = arith.negf %a : f32
    %r = arith.select %b, %a, %n : f32
    linalg.yield %r : f32
  }
  return
}

// -----

// A sum over the lanes is not an element for each.
// CHECK-LABEL: @sum
// CHECK-NOT: vector
// CHECK: memref.store
func.func @sum(%x: memref<3x8xf32>, %y: memref<3xf32>) {
  linalg.generic {
      indexing_maps = [affine_map<(h, v) -> (h, v)>, affine_map<(h, v) -> (h)>],
      iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<3x8xf32>) outs(%y : memref<3xf32>) {
  ^bb0(%a: f32, %s: f32):
    %r = arith.addf %a, %s : f32
    linalg.yield %r : f32
  }
  return
}
