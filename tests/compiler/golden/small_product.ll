; A product in loops of our own, a row of vectors of B at a time.

; matmul
define internal i64 @loop.0(ptr %args, i64 %lo, i64 %hi, ptr %ctx) nounwind {
entry:
  %slot0 = getelementptr i8, ptr %args, i64 0
  %a0 = load ptr, ptr %slot0
  %v11 = alloca <8 x float>
  %v12 = alloca <8 x float>
  %v13 = alloca <8 x float>
  %v14 = alloca <8 x float>
  %v15 = alloca <8 x float>
  %v16 = alloca <8 x float>
  %v17 = alloca <8 x float>
  %v18 = alloca <8 x float>
  %slot1 = getelementptr i8, ptr %args, i64 8
  %a1 = load ptr, ptr %slot1
  %slot2 = getelementptr i8, ptr %args, i64 16
  %a2 = load ptr, ptr %slot2
  %v97 = alloca float
  %v98 = alloca float
  %v99 = alloca float
  %v100 = alloca float
  br label %head1
head1:
  %i4 = phi i64 [ 0, %entry ], [ %next5, %exit103 ]
  %t6 = icmp slt i64 %i4, 8
  br i1 %t6, label %body2, label %exit3
body2:
  %t7 = add i64 %i4, 1
  %t8 = add i64 %i4, 2
  %t9 = add i64 %i4, 3
  %t10 = add i64 0, 8
  store <8 x float> splat (float 0x0000000000000000), ptr %v11
  store <8 x float> splat (float 0x0000000000000000), ptr %v12
  store <8 x float> splat (float 0x0000000000000000), ptr %v13
  store <8 x float> splat (float 0x0000000000000000), ptr %v14
  store <8 x float> splat (float 0x0000000000000000), ptr %v15
  store <8 x float> splat (float 0x0000000000000000), ptr %v16
  store <8 x float> splat (float 0x0000000000000000), ptr %v17
  store <8 x float> splat (float 0x0000000000000000), ptr %v18
  br label %head19
head19:
  %i22 = phi i64 [ 0, %body2 ], [ %next23, %body20 ]
  %t24 = icmp slt i64 %i22, 5
  br i1 %t24, label %body20, label %exit21
body20:
  %t25 = mul i64 %i4, 5
  %t26 = getelementptr float, ptr %a1, i64 %t25
  %t27 = getelementptr float, ptr %t26, i64 %i22
  %t28 = load float, ptr %t27, align 4
  %t29 = insertelement <8 x float> poison, float %t28, i64 0
  %t30 = shufflevector <8 x float> %t29, <8 x float> poison, <8 x i32> zeroinitializer
  %t31 = getelementptr float, ptr %a2, i64 0
  %t32 = mul i64 %i22, 17
  %t33 = getelementptr float, ptr %t31, i64 %t32
  %t34 = load <8 x float>, ptr %t33, align 4
  %t35 = load <8 x float>, ptr %v11
  %t36 = call <8 x float> @llvm.fma.v8f32(<8 x float> %t30, <8 x float> %t34, <8 x float> %t35)
  store <8 x float> %t36, ptr %v11
  %t37 = getelementptr float, ptr %a2, i64 %t10
  %t38 = mul i64 %i22, 17
  %t39 = getelementptr float, ptr %t37, i64 %t38
  %t40 = load <8 x float>, ptr %t39, align 4
  %t41 = load <8 x float>, ptr %v12
  %t42 = call <8 x float> @llvm.fma.v8f32(<8 x float> %t30, <8 x float> %t40, <8 x float> %t41)
  store <8 x float> %t42, ptr %v12
  %t43 = mul i64 %t7, 5
  %t44 = getelementptr float, ptr %a1, i64 %t43
  %t45 = getelementptr float, ptr %t44, i64 %i22
  %t46 = load float, ptr %t45, align 4
  %t47 = insertelement <8 x float> poison, float %t46, i64 0
  %t48 = shufflevector <8 x float> %t47, <8 x float> poison, <8 x i32> zeroinitializer
  %t49 = load <8 x float>, ptr %v13
  %t50 = call <8 x float> @llvm.fma.v8f32(<8 x float> %t48, <8 x float> %t34, <8 x float> %t49)
  store <8 x float> %t50, ptr %v13
  %t51 = load <8 x float>, ptr %v14
  %t52 = call <8 x float> @llvm.fma.v8f32(<8 x float> %t48, <8 x float> %t40, <8 x float> %t51)
  store <8 x float> %t52, ptr %v14
  %t53 = mul i64 %t8, 5
  %t54 = getelementptr float, ptr %a1, i64 %t53
  %t55 = getelementptr float, ptr %t54, i64 %i22
  %t56 = load float, ptr %t55, align 4
  %t57 = insertelement <8 x float> poison, float %t56, i64 0
  %t58 = shufflevector <8 x float> %t57, <8 x float> poison, <8 x i32> zeroinitializer
  %t59 = load <8 x float>, ptr %v15
  %t60 = call <8 x float> @llvm.fma.v8f32(<8 x float> %t58, <8 x float> %t34, <8 x float> %t59)
  store <8 x float> %t60, ptr %v15
  %t61 = load <8 x float>, ptr %v16
  %t62 = call <8 x float> @llvm.fma.v8f32(<8 x float> %t58, <8 x float> %t40, <8 x float> %t61)
  store <8 x float> %t62, ptr %v16
  %t63 = mul i64 %t9, 5
  %t64 = getelementptr float, ptr %a1, i64 %t63
  %t65 = getelementptr float, ptr %t64, i64 %i22
  %t66 = load float, ptr %t65, align 4
  %t67 = insertelement <8 x float> poison, float %t66, i64 0
  %t68 = shufflevector <8 x float> %t67, <8 x float> poison, <8 x i32> zeroinitializer
  %t69 = load <8 x float>, ptr %v17
  %t70 = call <8 x float> @llvm.fma.v8f32(<8 x float> %t68, <8 x float> %t34, <8 x float> %t69)
  store <8 x float> %t70, ptr %v17
  %t71 = load <8 x float>, ptr %v18
  %t72 = call <8 x float> @llvm.fma.v8f32(<8 x float> %t68, <8 x float> %t40, <8 x float> %t71)
  store <8 x float> %t72, ptr %v18
  %next23 = add i64 %i22, 1
  br label %head19
exit21:
  %t73 = load <8 x float>, ptr %v11
  %t74 = mul i64 %i4, 17
  %t75 = getelementptr float, ptr %a0, i64 %t74
  %t76 = getelementptr float, ptr %t75, i64 0
  store <8 x float> %t73, ptr %t76, align 4
  %t77 = load <8 x float>, ptr %v12
  %t78 = getelementptr float, ptr %t75, i64 %t10
  store <8 x float> %t77, ptr %t78, align 4
  %t79 = load <8 x float>, ptr %v13
  %t80 = mul i64 %t7, 17
  %t81 = getelementptr float, ptr %a0, i64 %t80
  %t82 = getelementptr float, ptr %t81, i64 0
  store <8 x float> %t79, ptr %t82, align 4
  %t83 = load <8 x float>, ptr %v14
  %t84 = getelementptr float, ptr %t81, i64 %t10
  store <8 x float> %t83, ptr %t84, align 4
  %t85 = load <8 x float>, ptr %v15
  %t86 = mul i64 %t8, 17
  %t87 = getelementptr float, ptr %a0, i64 %t86
  %t88 = getelementptr float, ptr %t87, i64 0
  store <8 x float> %t85, ptr %t88, align 4
  %t89 = load <8 x float>, ptr %v16
  %t90 = getelementptr float, ptr %t87, i64 %t10
  store <8 x float> %t89, ptr %t90, align 4
  %t91 = load <8 x float>, ptr %v17
  %t92 = mul i64 %t9, 17
  %t93 = getelementptr float, ptr %a0, i64 %t92
  %t94 = getelementptr float, ptr %t93, i64 0
  store <8 x float> %t91, ptr %t94, align 4
  %t95 = load <8 x float>, ptr %v18
  %t96 = getelementptr float, ptr %t93, i64 %t10
  store <8 x float> %t95, ptr %t96, align 4
  store float 0x0000000000000000, ptr %v97
  store float 0x0000000000000000, ptr %v98
  store float 0x0000000000000000, ptr %v99
  store float 0x0000000000000000, ptr %v100
  br label %head101
head101:
  %i104 = phi i64 [ 0, %exit21 ], [ %next105, %body102 ]
  %t106 = icmp slt i64 %i104, 5
  br i1 %t106, label %body102, label %exit103
body102:
  %t107 = mul i64 %i4, 5
  %t108 = getelementptr float, ptr %a1, i64 %t107
  %t109 = getelementptr float, ptr %t108, i64 %i104
  %t110 = load float, ptr %t109, align 4
  %t111 = getelementptr float, ptr %a2, i64 16
  %t112 = mul i64 %i104, 17
  %t113 = getelementptr float, ptr %t111, i64 %t112
  %t114 = load float, ptr %t113, align 4
  %t115 = load float, ptr %v97
  %t116 = call float @llvm.fma.f32(float %t110, float %t114, float %t115)
  store float %t116, ptr %v97
  %t117 = mul i64 %t7, 5
  %t118 = getelementptr float, ptr %a1, i64 %t117
  %t119 = getelementptr float, ptr %t118, i64 %i104
  %t120 = load float, ptr %t119, align 4
  %t121 = load float, ptr %v98
  %t122 = call float @llvm.fma.f32(float %t120, float %t114, float %t121)
  store float %t122, ptr %v98
  %t123 = mul i64 %t8, 5
  %t124 = getelementptr float, ptr %a1, i64 %t123
  %t125 = getelementptr float, ptr %t124, i64 %i104
  %t126 = load float, ptr %t125, align 4
  %t127 = load float, ptr %v99
  %t128 = call float @llvm.fma.f32(float %t126, float %t114, float %t127)
  store float %t128, ptr %v99
  %t129 = mul i64 %t9, 5
  %t130 = getelementptr float, ptr %a1, i64 %t129
  %t131 = getelementptr float, ptr %t130, i64 %i104
  %t132 = load float, ptr %t131, align 4
  %t133 = load float, ptr %v100
  %t134 = call float @llvm.fma.f32(float %t132, float %t114, float %t133)
  store float %t134, ptr %v100
  %next105 = add i64 %i104, 1
  br label %head101
exit103:
  %t135 = load float, ptr %v97
  %t136 = mul i64 %i4, 17
  %t137 = getelementptr float, ptr %a0, i64 %t136
  %t138 = getelementptr float, ptr %t137, i64 16
  store float %t135, ptr %t138, align 4
  %t139 = load float, ptr %v98
  %t140 = mul i64 %t7, 17
  %t141 = getelementptr float, ptr %a0, i64 %t140
  %t142 = getelementptr float, ptr %t141, i64 16
  store float %t139, ptr %t142, align 4
  %t143 = load float, ptr %v99
  %t144 = mul i64 %t8, 17
  %t145 = getelementptr float, ptr %a0, i64 %t144
  %t146 = getelementptr float, ptr %t145, i64 16
  store float %t143, ptr %t146, align 4
  %t147 = load float, ptr %v100
  %t148 = mul i64 %t9, 17
  %t149 = getelementptr float, ptr %a0, i64 %t148
  %t150 = getelementptr float, ptr %t149, i64 16
  store float %t147, ptr %t150, align 4
  %next5 = add i64 %i4, 4
  br label %head1
exit3:
  %t151 = add i64 0, 8
  store <8 x float> splat (float 0x0000000000000000), ptr %v11
  store <8 x float> splat (float 0x0000000000000000), ptr %v12
  br label %head152
head152:
  %i155 = phi i64 [ 0, %exit3 ], [ %next156, %body153 ]
  %t157 = icmp slt i64 %i155, 5
  br i1 %t157, label %body153, label %exit154
body153:
  %t158 = mul i64 8, 5
  %t159 = getelementptr float, ptr %a1, i64 %t158
  %t160 = getelementptr float, ptr %t159, i64 %i155
  %t161 = load float, ptr %t160, align 4
  %t162 = insertelement <8 x float> poison, float %t161, i64 0
  %t163 = shufflevector <8 x float> %t162, <8 x float> poison, <8 x i32> zeroinitializer
  %t164 = getelementptr float, ptr %a2, i64 0
  %t165 = mul i64 %i155, 17
  %t166 = getelementptr float, ptr %t164, i64 %t165
  %t167 = load <8 x float>, ptr %t166, align 4
  %t168 = load <8 x float>, ptr %v11
  %t169 = call <8 x float> @llvm.fma.v8f32(<8 x float> %t163, <8 x float> %t167, <8 x float> %t168)
  store <8 x float> %t169, ptr %v11
  %t170 = getelementptr float, ptr %a2, i64 %t151
  %t171 = mul i64 %i155, 17
  %t172 = getelementptr float, ptr %t170, i64 %t171
  %t173 = load <8 x float>, ptr %t172, align 4
  %t174 = load <8 x float>, ptr %v12
  %t175 = call <8 x float> @llvm.fma.v8f32(<8 x float> %t163, <8 x float> %t173, <8 x float> %t174)
  store <8 x float> %t175, ptr %v12
  %next156 = add i64 %i155, 1
  br label %head152
exit154:
  %t176 = load <8 x float>, ptr %v11
  %t177 = mul i64 8, 17
  %t178 = getelementptr float, ptr %a0, i64 %t177
  %t179 = getelementptr float, ptr %t178, i64 0
  store <8 x float> %t176, ptr %t179, align 4
  %t180 = load <8 x float>, ptr %v12
  %t181 = getelementptr float, ptr %t178, i64 %t151
  store <8 x float> %t180, ptr %t181, align 4
  store float 0x0000000000000000, ptr %v97
  br label %head182
head182:
  %i185 = phi i64 [ 0, %exit154 ], [ %next186, %body183 ]
  %t187 = icmp slt i64 %i185, 5
  br i1 %t187, label %body183, label %exit184
body183:
  %t188 = mul i64 8, 5
  %t189 = getelementptr float, ptr %a1, i64 %t188
  %t190 = getelementptr float, ptr %t189, i64 %i185
  %t191 = load float, ptr %t190, align 4
  %t192 = getelementptr float, ptr %a2, i64 16
  %t193 = mul i64 %i185, 17
  %t194 = getelementptr float, ptr %t192, i64 %t193
  %t195 = load float, ptr %t194, align 4
  %t196 = load float, ptr %v97
  %t197 = call float @llvm.fma.f32(float %t191, float %t195, float %t196)
  store float %t197, ptr %v97
  %next186 = add i64 %i185, 1
  br label %head182
exit184:
  %t198 = load float, ptr %v97
  %t199 = mul i64 8, 17
  %t200 = getelementptr float, ptr %a0, i64 %t199
  %t201 = getelementptr float, ptr %t200, i64 16
  store float %t198, ptr %t201, align 4
  ret i64 0
}
