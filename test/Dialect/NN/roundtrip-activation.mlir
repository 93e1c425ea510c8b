// Parsing what was printed gives the same, in the pretty and the generic form.
// RUN: kiln-opt %s | kiln-opt | FileCheck %s
// RUN: kiln-opt %s --mlir-print-op-generic | kiln-opt | FileCheck %s

// CHECK-LABEL: func.func @plain
func.func @plain(%x: tensor<2x3x5xf32>) -> tensor<2x3x5xf32> {
  // CHECK: nn.relu %{{.*}} : tensor<2x3x5xf32>
  %0 = nn.relu %x : tensor<2x3x5xf32>
  // CHECK: nn.sigmoid %{{.*}} : tensor<2x3x5xf32>
  %1 = nn.sigmoid %0 : tensor<2x3x5xf32>
  // CHECK: nn.tanh %{{.*}} : tensor<2x3x5xf32>
  %2 = nn.tanh %1 : tensor<2x3x5xf32>
  // CHECK: nn.softplus %{{.*}} : tensor<2x3x5xf32>
  %3 = nn.softplus %2 : tensor<2x3x5xf32>
  // CHECK: nn.softsign %{{.*}} : tensor<2x3x5xf32>
  %4 = nn.softsign %3 : tensor<2x3x5xf32>
  // CHECK: nn.silu %{{.*}} : tensor<2x3x5xf32>
  %5 = nn.silu %4 : tensor<2x3x5xf32>
  // CHECK: nn.hard_swish %{{.*}} : tensor<2x3x5xf32>
  %6 = nn.hard_swish %5 : tensor<2x3x5xf32>
  // CHECK: nn.mish %{{.*}} : tensor<2x3x5xf32>
  %7 = nn.mish %6 : tensor<2x3x5xf32>
  return %7 : tensor<2x3x5xf32>
}

// CHECK-LABEL: func.func @with_attributes
func.func @with_attributes(%x: tensor<?x3xf64>) -> tensor<?x3xf64> {
  // CHECK: nn.clip %{{.*}} {maximum = 6.000000e+00 : f64, minimum = 0.000000e+00 : f64} : tensor<?x3xf64>
  %0 = nn.clip %x {minimum = 0.0 : f64, maximum = 6.0 : f64} : tensor<?x3xf64>
  // CHECK: nn.leaky_relu %{{.*}} {alpha = -1.000000e-02 : f64}
  %1 = nn.leaky_relu %0 {alpha = -1.0e-02 : f64} : tensor<?x3xf64>
  // CHECK: nn.elu %{{.*}} {alpha = 1.500000e+00 : f64}
  %2 = nn.elu %1 {alpha = 1.5 : f64} : tensor<?x3xf64>
  // CHECK: nn.selu %{{.*}} {alpha = 1.673260e+00 : f64, gamma = 1.050700e+00 : f64}
  %3 = nn.selu %2 {alpha = 1.67326 : f64, gamma = 1.0507 : f64} : tensor<?x3xf64>
  // CHECK: nn.celu %{{.*}} {alpha = -2.000000e+00 : f64}
  %4 = nn.celu %3 {alpha = -2.0 : f64} : tensor<?x3xf64>
  // CHECK: nn.hard_sigmoid %{{.*}} {alpha = 2.000000e-01 : f64, beta = 5.000000e-01 : f64}
  %5 = nn.hard_sigmoid %4 {alpha = 2.0e-01 : f64, beta = 5.0e-01 : f64} : tensor<?x3xf64>
  // CHECK: nn.softmax %{{.*}} {axis = 1 : i64}
  %6 = nn.softmax %5 {axis = 1 : i64} : tensor<?x3xf64>
  // CHECK: nn.log_softmax %{{.*}} {axis = 0 : i64}
  %7 = nn.log_softmax %6 {axis = 0 : i64} : tensor<?x3xf64>
  return %7 : tensor<?x3xf64>
}

// CHECK-LABEL: func.func @forms
func.func @forms(%x: tensor<2x3x5xbf16>, %slope: tensor<3xbf16>, %one: tensor<1xbf16>) -> tensor<2x3x5xbf16> {
  // CHECK: nn.gelu %{{.*}} {form = #nn.gelu_form<tanh>} : tensor<2x3x5xbf16>
  %0 = nn.gelu %x {form = #nn.gelu_form<tanh>} : tensor<2x3x5xbf16>
  // The form by default is not printed.
  // CHECK: nn.gelu %{{[0-9]+}} : tensor<2x3x5xbf16>
  %1 = nn.gelu %0 {form = #nn.gelu_form<erf>} : tensor<2x3x5xbf16>
  // CHECK: nn.prelu %{{.*}}, %{{.*}} : tensor<2x3x5xbf16>, tensor<3xbf16>
  %2 = nn.prelu %1, %slope : tensor<2x3x5xbf16>, tensor<3xbf16>
  // CHECK: nn.prelu %{{.*}}, %{{.*}} : tensor<2x3x5xbf16>, tensor<1xbf16>
  %3 = nn.prelu %2, %one : tensor<2x3x5xbf16>, tensor<1xbf16>
  return %3 : tensor<2x3x5xbf16>
}
