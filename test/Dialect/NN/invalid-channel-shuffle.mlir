// Channel shuffle: one case for each labelled constraint.
// RUN: kiln-opt %s -verify-diagnostics -split-input-file

// channel_shuffle-C1
func.func @channel_shuffle_c1(%x: tensor<6xf32>) {
  // expected-error@+1 {{(channel_shuffle-C1) expects an input of rank 2 or more with a static channel count, got 'tensor<6xf32>'}}
  %y = nn.channel_shuffle %x {groups = 2 : i64} : tensor<6xf32>
  return
}

// -----

// channel_shuffle-C1-dynamic
func.func @channel_shuffle_c1_dynamic(%x: tensor<1x?xf32>) {
  // expected-error@+1 {{(channel_shuffle-C1) expects an input of rank 2 or more with a static channel count}}
  %y = nn.channel_shuffle %x {groups = 2 : i64} : tensor<1x?xf32>
  return
}

// -----

// channel_shuffle-C2
func.func @channel_shuffle_c2(%x: tensor<1x6xf32>) {
  // expected-error@+1 {{(channel_shuffle-C2) expects groups (4) to be at least 1 and to divide the channels (6)}}
  %y = nn.channel_shuffle %x {groups = 4 : i64} : tensor<1x6xf32>
  return
}

// -----

// channel_shuffle-C2-zero
func.func @channel_shuffle_c2_zero(%x: tensor<1x6xf32>) {
  // expected-error@+1 {{(channel_shuffle-C2) expects groups (0) to be at least 1}}
  %y = nn.channel_shuffle %x {groups = 0 : i64} : tensor<1x6xf32>
  return
}
