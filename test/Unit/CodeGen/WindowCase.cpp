//===- WindowCase.cpp - A window to compile and compare ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WindowCase.h"

#include "BlockedWindow.h"
#include "kiln/CodeGen/CPU/IR/CPU.h"
#include "mlir/InitAllDialects.h"

namespace kiln::test {

static std::string type(const std::vector<int64_t> &shape) {
  std::string text = "tensor<";
  for (int64_t size : shape)
    text += std::to_string(size) + "x";
  return text + "f32>";
}

static std::string array(const std::vector<int64_t> &values) {
  std::string text = "array<i64: ";
  for (size_t i = 0; i < values.size(); ++i)
    text += (i ? ", " : "") + std::to_string(values[i]);
  return text + ">";
}

/// Bytes of `values` as f32, as text.
static std::string dense(const std::vector<int64_t> &shape, int64_t seed) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string text;
  for (double value : pattern(shape, seed).data) {
    float narrow = static_cast<float>(value);
    for (unsigned char byte : llvm::bit_cast<std::array<char, 4>>(narrow))
      text += {kDigits[byte / 16], kDigits[byte % 16]};
  }
  return "dense<\"0x" + text + "\"> : " + type(shape);
}

std::vector<int64_t> WindowCase::inputShape() const {
  return {batch, channels, size[0], size[1]};
}

std::vector<int64_t> WindowCase::outputShape() const {
  std::vector<int64_t> shape{batch, channels};
  for (size_t i = 0; i < 2; ++i) {
    if (kind == GlobalMax || kind == GlobalAverage) {
      shape.push_back(1);
      continue;
    }
    int64_t room = size[i] + low[i] + high[i] - dilations[i] * (kernel[i] - 1);
    int64_t steps = (room - 1) / strides[i];
    if (ceilMode && (room - 1) % strides[i] != 0 &&
        (steps + 1) * strides[i] < size[i] + low[i])
      ++steps;
    shape.push_back(steps + 1);
  }
  return shape;
}

bool WindowCase::isValid() const {
  for (size_t i = 0; i < 2; ++i) {
    int64_t reach = dilations[i] * (kernel[i] - 1) + 1;
    if (size[i] + low[i] + high[i] < reach)
      return false;
    if (kind == Depthwise)
      continue;
    // Each window of a pooling holds an element.
    if (low[i] >= reach || high[i] >= reach ||
        (low[i] + high[i] > 0 && dilations[i] > size[i]))
      return false;
  }
  return true;
}

WindowCase WindowCase::random(std::mt19937 &generator, Kind kind) {
  auto pick = [&](int64_t low, int64_t high) {
    return low + static_cast<int64_t>(generator() % (high - low + 1));
  };
  WindowCase net;
  do {
    net = {};
    net.kind = kind;
    net.batch = pick(1, 3);
    net.channels = pick(1, 40);
    for (int dim = 0; dim < 2; ++dim) {
      net.size.push_back(pick(0, 3) ? pick(1, 33) : pick(1, 4));
      net.kernel.push_back(pick(0, 9) ? pick(1, 5) : pick(6, 21));
      net.strides[dim] = pick(1, 3);
      net.dilations[dim] = pick(0, 2) ? 1 : pick(2, 4);
      net.low[dim] = pick(0, 4);
      net.high[dim] = pick(0, 4);
    }
    net.ceilMode = kind != Depthwise && pick(0, 1);
    net.countsPadding = kind == AveragePool && pick(0, 1);
    net.bias = pick(0, 1);
    net.fused = pick(0, 1);
    net.calls = pick(0, 3) == 0;
  } while (!net.isValid());
  return net;
}

std::string WindowCase::operation() const {
  std::string attributes =
      "strides = " + array(strides) + ", dilations = " + array(dilations) +
      ", pad_low = " + array(low) + ", pad_high = " + array(high);
  std::string pool = " %x {kernel = " + array(kernel) + ", " + attributes +
                     (ceilMode ? ", ceil_mode" : "") +
                     (countsPadding ? ", count_include_pad" : "") + "}";
  std::string x = type(inputShape()), y = type(outputShape());
  std::string types = " : (" + x + ") -> " + y + "\n";
  switch (kind) {
  case MaxPool:
    return "nn.max_pool" + pool + types;
  case AveragePool:
    return "nn.average_pool" + pool + types;
  case GlobalMax:
    return "nn.global_max_pool %x" + types;
  case GlobalAverage:
    return "nn.global_average_pool %x" + types;
  case Depthwise:
    break;
  }
  return "nn.conv %x, %w" + std::string(bias ? ", %b" : "") + " {" +
         attributes + ", groups = " + std::to_string(channels) + " : i64} : (" +
         x + ", " + type({channels, 1, kernel[0], kernel[1]}) +
         (bias ? ", " + type({channels}) : "") + ") -> " + y + "\n";
}

std::string WindowCase::text() const {
  std::string x = type(inputShape()), y = type(outputShape());
  std::string text =
      "func.func @net(%x: " + x + ", %r: " + y + ") -> " + y + " {\n";
  if (kind != Depthwise)
    return text + "%0 = " + operation() + "return %0 : " + y + "\n}";
  text += "%w = arith.constant " +
          dense({channels, 1, kernel[0], kernel[1]}, 3) +
          "\n%b = arith.constant " + dense({channels}, 5) + "\n";
  if (!fused)
    return text + "%0 = " + operation() + "return %0 : " + y + "\n}";
  std::string map = "affine_map<(n, c, h, w) -> (n, c, h, w)>";
  return text + "%0 = nn.fused {\n%1 = " + operation() +
         "%e = tensor.empty() : " + y +
         "\n%2 = linalg.generic {indexing_maps = [" + map + ", " + map + ", " +
         map +
         "], iterator_types = [\"parallel\", \"parallel\", \"parallel\", "
         "\"parallel\"]} ins(%1, %r : " +
         y + ", " + y + ") outs(%e : " + y +
         ") {\n^bb0(%p: f32, %q: f32, %o: f32):\n%s = arith.addf %p, %q : "
         "f32\nlinalg.yield %s : f32\n} -> " +
         y + "\n%3 = " +
         (calls ? "nn.sigmoid %2" : "nn.leaky_relu %2 {alpha = 0.25 : f64}") +
         " : " + y + "\nnn.yield %3 : " + y + "\n} : " + y +
         "\nreturn %0 : " + y + "\n}";
}

std::vector<Tensor> WindowCase::inputs() const {
  return {pattern(inputShape(), 11), pattern(outputShape(), 13)};
}

/// `text` with its convolution or pooling as a cpu.window between a pack and an
/// unpack.
static std::string blockWindow(llvm::StringRef text,
                               const cpu::TargetDescription &target) {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  registry.insert<nn::NNDialect, cpu::CPUDialect>();
  Session session;
  session.context.appendDialectRegistry(registry);
  session.context
      .loadDialect<cpu::CPUDialect, mlir::linalg::LinalgDialect,
                   mlir::tensor::TensorDialect, mlir::arith::ArithDialect>();
  auto module = session.parse(text);
  if (!module)
    return "";
  mlir::Operation *root = nullptr;
  module->walk([&](mlir::Operation *op) {
    if (llvm::isa<nn::ConvOp>(op) || cpu::canBlockPool(op, target))
      root = op;
  });
  auto conv = llvm::dyn_cast_or_null<nn::ConvOp>(root);
  if (!root || (conv && !cpu::canBlockDepthwise(conv, target)))
    return "";
  mlir::Operation *replaced = root;
  if (auto fused = llvm::dyn_cast<nn::FusedOp>(root->getParentOp()))
    replaced = fused;
  mlir::OpBuilder builder(replaced);
  mlir::Value input = cpu::packChannels(builder, root->getLoc(),
                                        root->getOperand(0), target.lanes(32));
  mlir::Value blocked =
      conv ? cpu::lowerBlockedDepthwise(builder, conv, input, target)
           : cpu::lowerBlockedPool(builder, root, input, target);
  mlir::Value result = replaced->getResult(0);
  result.replaceAllUsesWith(cpu::unpackChannels(
      builder, root->getLoc(), blocked,
      llvm::cast<mlir::RankedTensorType>(result.getType())));
  replaced->erase();
  std::string printed;
  llvm::raw_string_ostream stream(printed);
  module->print(stream);
  return printed;
}

cpu::TargetDescription wideTarget() {
  return llvm::cantFail(cpu::describeTarget());
}

cpu::TargetDescription narrowTarget() {
  cpu::TargetDescription target = wideTarget();
  target.vectorBits = 128;
  target.numVectorRegisters = 16;
  return target;
}

void WindowCase::check(const cpu::TargetDescription &target,
                       const std::vector<Tensor> &values) const {
  std::string plain = text(), blocked = blockWindow(plain, target);
  SCOPED_TRACE(operation());
  SCOPED_TRACE("vectors of " + std::to_string(target.vectorBits) + " bits");
  ASSERT_NE(blocked.find("cpu.window"), std::string::npos);
  std::vector<Tensor> expected = interpretText(plain, values);
  std::vector<Tensor> actual = runCompiled(blocked, values, target);
  ASSERT_EQ(actual.size(), expected.size());
  for (auto [a, e] : llvm::zip_equal(actual, expected))
    expectNear(a, e, /*tolerance=*/1e-5);
}

void WindowCase::check() const {
  check(wideTarget(), inputs());
  check(narrowTarget(), inputs());
}

} // namespace kiln::test
