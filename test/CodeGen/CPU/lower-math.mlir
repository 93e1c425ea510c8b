// RUN: kiln-opt %s -cpu-lower-math | FileCheck %s

// CHECK-LABEL: func.func @contracts
// CHECK: %[[PRODUCT:.*]] = arith.mulf %{{.*}}, %{{.*}} fastmath<contract> : f64
// CHECK: arith.addf %[[PRODUCT]], %{{.*}} fastmath<contract> : f64
// CHECK-NOT: math.fma
func.func @contracts(%a: f64, %b: f64, %c: f64) -> f64 {
  %0 = math.fma %a, %b, %c : f64
  return %0 : f64
}

// CHECK-LABEL: func.func @calls
// CHECK: call @kiln_expf(%{{.*}}) : (f32) -> f32
// CHECK: call @kiln_pow(%{{.*}}, %{{.*}}) : (f64, f64) -> f64
// CHECK: math.sqrt
// CHECK: vector.store %arg2, %[[LANES:.*]][
// CHECK: scf.for
// CHECK-NEXT: %[[LANE:.*]] = memref.load %[[LANES]]
// CHECK-NEXT: %[[TANH:.*]] = {{.*}}call @kiln_tanhf(%[[LANE]])
// CHECK-NEXT: memref.store %[[TANH]], %[[LANES]]
// CHECK: vector.load %[[LANES]]
// CHECK-NOT: call
// CHECK: call @kiln_ipow(%{{.*}}, %{{.*}}) : (i64, i64) -> i64
// CHECK: call @kiln_fmodf
// CHECK-DAG: func.func private @kiln_expf(f32) -> f32
// CHECK-DAG: func.func private @kiln_pow(f64, f64) -> f64
func.func @calls(%a: f32, %b: f64, %v: vector<4xf32>, %i: i64) -> (f32, f64, f32, vector<4xf32>, i64, f32) {
  %0 = math.exp %a : f32
  %1 = math.powf %b, %b : f64
  %2 = math.sqrt %a : f32
  %3 = math.tanh %v : vector<4xf32>
  %4 = math.ipowi %i, %i : i64
  %5 = arith.remf %a, %a : f32
  return %0, %1, %2, %3, %4, %5 : f32, f64, f32, vector<4xf32>, i64, f32
}
