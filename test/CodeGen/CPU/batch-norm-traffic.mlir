// Batch normalisation in training adds one read and one write of an activation,
// whatever follows it.
// RUN: kiln-opt %s --nn-fuse-pipeline --cpu-layout-pipeline=vector-bits=512 -o %t.mlir
// RUN: kiln-opt %t.mlir --convert-nn-to-linalg --cpu-bufferize-net --canonicalize \
// RUN:   --cpu-outline-kernels --cpu-record-traffic | FileCheck %s --check-prefix=TRAFFIC
// RUN: kiln-opt %t.mlir --convert-nn-to-linalg --cpu-bufferize-net --canonicalize \
// RUN:   --cpu-emit-batch-norms --canonicalize --cse | FileCheck %s

// 4 * 5 * 6 * 7 elements of the input and of what is added, and the parameters,
// in; as many and the statistics out.
// TRAFFIC: kiln.traffic = [{kind = "{{.*}}", layer = "", reads = 1690 : i64, writes = 850 : i64}]

// In a channel, one loop over images that reads the input, and one from the last
// image to the first that reads it again, in the cache, and writes; no other
// loop touches it.
// CHECK-LABEL: func @kiln_main
// CHECK: %[[X:.*]] = memref.reinterpret_cast %arg0
// CHECK: %[[SKIP:.*]] = memref.reinterpret_cast %arg1
// CHECK: scf.for %{{.*}} = %c0 to %c5 step
// CHECK: scf.for %{{.*}} = %c0 to %c4 step %{{.*}} iter_args
// CHECK-COUNT-3: load %[[X]]{{\[}}
// CHECK-NOT: load %[[X]]
// CHECK: scf.yield
// CHECK: scf.for %[[N:.*]] = %c0 to %c4 step
// CHECK: arith.subi %c3, %[[N]]
// CHECK: %[[IN:.*]] = vector.load %[[X]]
// CHECK: %[[CENTRED:.*]] = arith.subf %[[IN]], %{{.*}} : vector<16xf32>
// CHECK: %[[NORMAL:.*]] = math.fma %[[CENTRED]]
// CHECK: %[[OTHER:.*]] = vector.load %[[SKIP]]
// CHECK: %[[SUM:.*]] = arith.addf %[[NORMAL]], %[[OTHER]] : vector<16xf32>
// CHECK: %[[BELOW:.*]] = arith.cmpf olt, %[[SUM]]
// CHECK: %[[RELU:.*]] = arith.select %[[BELOW]], %{{.*}}, %[[SUM]]
// CHECK: vector.store %[[RELU]]
// CHECK-NOT: scf.for
#id = affine_map<(n, c, h, w) -> (n, c, h, w)>
func.func @kiln_main(%x: tensor<4x5x6x7xf32>, %skip: tensor<4x5x6x7xf32>, %s: tensor<5xf32>, %o: tensor<5xf32>) -> tensor<4x5x6x7xf32> {
  %y, %m, %v = nn.batch_norm_training %x, %s, %o {epsilon = 1.0e-05 : f64}
    : (tensor<4x5x6x7xf32>, tensor<5xf32>, tensor<5xf32>) -> (tensor<4x5x6x7xf32>, tensor<5xf32>, tensor<5xf32>)
  %e = tensor.empty() : tensor<4x5x6x7xf32>
  %sum = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%y, %skip : tensor<4x5x6x7xf32>, tensor<4x5x6x7xf32>) outs(%e : tensor<4x5x6x7xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %r = arith.addf %a, %b : f32
    linalg.yield %r : f32
  } -> tensor<4x5x6x7xf32>
  %relu = nn.relu %sum : tensor<4x5x6x7xf32>
  return %relu : tensor<4x5x6x7xf32>
}
