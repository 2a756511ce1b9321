; Two moments, their step, and the weights, in place.

; add
define internal i64 @loop.0(ptr %args, i64 %lo, i64 %hi, ptr %ctx) nounwind {
entry:
  %slot0 = getelementptr i8, ptr %args, i64 0
  %a0 = load ptr, ptr %slot0
  %slot1 = getelementptr i8, ptr %args, i64 8
  %a1 = load ptr, ptr %slot1
  %t1 = load float, ptr %a1, align 4
  %t2 = fadd float %t1, 0x3FF0000000000000
  store float %t2, ptr %a0, align 4
  ret i64 0
}

; add+sub
define internal i64 @loop.1(ptr %args, i64 %lo, i64 %hi, ptr %ctx) nounwind {
entry:
  %slot0 = getelementptr i8, ptr %args, i64 0
  %a0 = load ptr, ptr %slot0
  %slot1 = getelementptr i8, ptr %args, i64 8
  %a1 = load ptr, ptr %slot1
  %slot2 = getelementptr i8, ptr %args, i64 16
  %a2 = load ptr, ptr %slot2
  %slot3 = getelementptr i8, ptr %args, i64 24
  %a3 = load ptr, ptr %slot3
  %slot4 = getelementptr i8, ptr %args, i64 32
  %a4 = load ptr, ptr %slot4
  %slot5 = getelementptr i8, ptr %args, i64 40
  %a5 = load ptr, ptr %slot5
  %slot6 = getelementptr i8, ptr %args, i64 48
  %a6 = load ptr, ptr %slot6
  %slot7 = getelementptr i8, ptr %args, i64 56
  %a7 = load ptr, ptr %slot7
  %t1 = load float, ptr %a3, align 4
  %t2 = fpext float %t1 to double
  %t3 = call double @denpa.pow.f64(double 0x3FEFF7CED916872B, double %t2)
  %t4 = fsub double 0x3FF0000000000000, %t3
  %t5 = call double @llvm.sqrt.f64(double %t4)
  %t6 = fptrunc double %t5 to float
  %t7 = call double @denpa.pow.f64(double 0x3FECCCCCCCCCCCCD, double %t2)
  %t8 = fsub double 0x3FF0000000000000, %t7
  %t9 = fdiv double 0x3F50624DD2F1A9FC, %t8
  %t10 = fptrunc double %t9 to float
  br label %head11
head11:
  %i14 = phi i64 [ 0, %entry ], [ %next15, %body12 ]
  %t16 = icmp slt i64 %i14, 56
  br i1 %t16, label %body12, label %exit13
body12:
  %t17 = getelementptr float, ptr %a4, i64 %i14
  %t18 = load <8 x float>, ptr %t17, align 4
  %t19 = getelementptr float, ptr %a5, i64 %i14
  %t20 = load <8 x float>, ptr %t19, align 4
  %t21 = fsub <8 x float> %t20, %t18
  %t22 = fmul <8 x float> %t21, splat (float 0x3FB99999A0000000)
  %t23 = fadd <8 x float> %t18, %t22
  %t24 = getelementptr float, ptr %a6, i64 %i14
  %t25 = load <8 x float>, ptr %t24, align 4
  %t26 = fmul <8 x float> %t25, splat (float 0x3FEFF7CEE0000000)
  %t27 = fmul <8 x float> %t20, splat (float 0x3F50624DE0000000)
  %t28 = fmul <8 x float> %t27, %t20
  %t29 = fadd <8 x float> %t26, %t28
  %t30 = getelementptr float, ptr %a7, i64 %i14
  %t31 = load <8 x float>, ptr %t30, align 4
  %t32 = insertelement <8 x float> poison, float %t10, i64 0
  %t33 = shufflevector <8 x float> %t32, <8 x float> poison, <8 x i32> zeroinitializer
  %t34 = fmul <8 x float> %t23, %t33
  %t35 = call <8 x float> @llvm.sqrt.v8f32(<8 x float> %t29)
  %t36 = insertelement <8 x float> poison, float %t6, i64 0
  %t37 = shufflevector <8 x float> %t36, <8 x float> poison, <8 x i32> zeroinitializer
  %t38 = fdiv <8 x float> %t35, %t37
  %t39 = fadd <8 x float> %t38, splat (float 0x3E45798EE0000000)
  %t40 = fdiv <8 x float> %t34, %t39
  %t41 = fsub <8 x float> %t31, %t40
  %t42 = getelementptr float, ptr %a0, i64 %i14
  store <8 x float> %t23, ptr %t42, align 4
  %t43 = getelementptr float, ptr %a1, i64 %i14
  store <8 x float> %t29, ptr %t43, align 4
  %t44 = getelementptr float, ptr %a2, i64 %i14
  store <8 x float> %t41, ptr %t44, align 4
  %next15 = add i64 %i14, 8
  br label %head11
exit13:
  %t45 = getelementptr float, ptr %a4, i64 56
  %t46 = load <4 x float>, ptr %t45, align 4
  %t47 = getelementptr float, ptr %a5, i64 56
  %t48 = load <4 x float>, ptr %t47, align 4
  %t49 = fsub <4 x float> %t48, %t46
  %t50 = fmul <4 x float> %t49, splat (float 0x3FB99999A0000000)
  %t51 = fadd <4 x float> %t46, %t50
  %t52 = getelementptr float, ptr %a6, i64 56
  %t53 = load <4 x float>, ptr %t52, align 4
  %t54 = fmul <4 x float> %t53, splat (float 0x3FEFF7CEE0000000)
  %t55 = fmul <4 x float> %t48, splat (float 0x3F50624DE0000000)
  %t56 = fmul <4 x float> %t55, %t48
  %t57 = fadd <4 x float> %t54, %t56
  %t58 = getelementptr float, ptr %a7, i64 56
  %t59 = load <4 x float>, ptr %t58, align 4
  %t60 = insertelement <4 x float> poison, float %t10, i64 0
  %t61 = shufflevector <4 x float> %t60, <4 x float> poison, <4 x i32> zeroinitializer
  %t62 = fmul <4 x float> %t51, %t61
  %t63 = call <4 x float> @llvm.sqrt.v4f32(<4 x float> %t57)
  %t64 = insertelement <4 x float> poison, float %t6, i64 0
  %t65 = shufflevector <4 x float> %t64, <4 x float> poison, <4 x i32> zeroinitializer
  %t66 = fdiv <4 x float> %t63, %t65
  %t67 = fadd <4 x float> %t66, splat (float 0x3E45798EE0000000)
  %t68 = fdiv <4 x float> %t62, %t67
  %t69 = fsub <4 x float> %t59, %t68
  %t70 = getelementptr float, ptr %a0, i64 56
  store <4 x float> %t51, ptr %t70, align 4
  %t71 = getelementptr float, ptr %a1, i64 56
  store <4 x float> %t57, ptr %t71, align 4
  %t72 = getelementptr float, ptr %a2, i64 56
  store <4 x float> %t69, ptr %t72, align 4
  br label %head73
head73:
  %i76 = phi i64 [ 60, %exit13 ], [ %next77, %body74 ]
  %t78 = icmp slt i64 %i76, 63
  br i1 %t78, label %body74, label %exit75
body74:
  %t79 = getelementptr float, ptr %a4, i64 %i76
  %t80 = load float, ptr %t79, align 4
  %t81 = getelementptr float, ptr %a5, i64 %i76
  %t82 = load float, ptr %t81, align 4
  %t83 = fsub float %t82, %t80
  %t84 = fmul float %t83, 0x3FB99999A0000000
  %t85 = fadd float %t80, %t84
  %t86 = getelementptr float, ptr %a6, i64 %i76
  %t87 = load float, ptr %t86, align 4
  %t88 = fmul float %t87, 0x3FEFF7CEE0000000
  %t89 = fmul float %t82, 0x3F50624DE0000000
  %t90 = fmul float %t89, %t82
  %t91 = fadd float %t88, %t90
  %t92 = getelementptr float, ptr %a7, i64 %i76
  %t93 = load float, ptr %t92, align 4
  %t94 = fmul float %t85, %t10
  %t95 = call float @llvm.sqrt.f32(float %t91)
  %t96 = fdiv float %t95, %t6
  %t97 = fadd float %t96, 0x3E45798EE0000000
  %t98 = fdiv float %t94, %t97
  %t99 = fsub float %t93, %t98
  %t100 = getelementptr float, ptr %a0, i64 %i76
  store float %t85, ptr %t100, align 4
  %t101 = getelementptr float, ptr %a1, i64 %i76
  store float %t91, ptr %t101, align 4
  %t102 = getelementptr float, ptr %a2, i64 %i76
  store float %t99, ptr %t102, align 4
  %next77 = add i64 %i76, 1
  br label %head73
exit75:
  ret i64 0
}
