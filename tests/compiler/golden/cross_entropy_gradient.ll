; The loss of logits, and its gradient: softmax less the labels, over the batch.

; amax
define internal i64 @loop.0(ptr %args, i64 %lo, i64 %hi, ptr %ctx) nounwind {
entry:
  %slot0 = getelementptr i8, ptr %args, i64 0
  %a0 = load ptr, ptr %slot0
  %v7 = alloca float
  %v8 = alloca <4 x float>
  %v9 = alloca <8 x float>
  %slot1 = getelementptr i8, ptr %args, i64 8
  %a1 = load ptr, ptr %slot1
  br label %head1
head1:
  %i4 = phi i64 [ 0, %entry ], [ %next5, %exit21 ]
  %t6 = icmp slt i64 %i4, 16
  br i1 %t6, label %body2, label %exit3
body2:
  store float 0xFFF0000000000000, ptr %v7
  store <4 x float> splat (float 0xFFF0000000000000), ptr %v8
  store <8 x float> splat (float 0xFFF0000000000000), ptr %v9
  %t10 = mul i64 %i4, 10
  %t11 = getelementptr float, ptr %a1, i64 %t10
  %t12 = getelementptr float, ptr %t11, i64 0
  %t13 = load <8 x float>, ptr %t12, align 4
  %t14 = load <8 x float>, ptr %v9
  %t15 = fcmp ogt <8 x float> %t14, %t13
  %t16 = fcmp uno <8 x float> %t14, %t14
  %t17 = or <8 x i1> %t15, %t16
  %t18 = select <8 x i1> %t17, <8 x float> %t14, <8 x float> %t13
  store <8 x float> %t18, ptr %v9
  br label %head19
head19:
  %i22 = phi i64 [ 8, %body2 ], [ %next23, %body20 ]
  %t24 = icmp slt i64 %i22, 10
  br i1 %t24, label %body20, label %exit21
body20:
  %t25 = mul i64 %i4, 10
  %t26 = getelementptr float, ptr %a1, i64 %t25
  %t27 = getelementptr float, ptr %t26, i64 %i22
  %t28 = load float, ptr %t27, align 4
  %t29 = load float, ptr %v7
  %t30 = fcmp ogt float %t29, %t28
  %t31 = fcmp uno float %t29, %t29
  %t32 = or i1 %t30, %t31
  %t33 = select i1 %t32, float %t29, float %t28
  store float %t33, ptr %v7
  %next23 = add i64 %i22, 1
  br label %head19
exit21:
  %t34 = load float, ptr %v7
  %t35 = load <4 x float>, ptr %v8
  %t36 = load <8 x float>, ptr %v9
  %t37 = shufflevector <8 x float> %t36, <8 x float> poison, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %t38 = shufflevector <8 x float> %t36, <8 x float> poison, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %t39 = fcmp ogt <4 x float> %t37, %t38
  %t40 = fcmp uno <4 x float> %t37, %t37
  %t41 = or <4 x i1> %t39, %t40
  %t42 = select <4 x i1> %t41, <4 x float> %t37, <4 x float> %t38
  %t43 = shufflevector <4 x float> %t42, <4 x float> poison, <2 x i32> <i32 0, i32 1>
  %t44 = shufflevector <4 x float> %t42, <4 x float> poison, <2 x i32> <i32 2, i32 3>
  %t45 = fcmp ogt <2 x float> %t43, %t44
  %t46 = fcmp uno <2 x float> %t43, %t43
  %t47 = or <2 x i1> %t45, %t46
  %t48 = select <2 x i1> %t47, <2 x float> %t43, <2 x float> %t44
  %t49 = extractelement <2 x float> %t48, i64 0
  %t50 = extractelement <2 x float> %t48, i64 1
  %t51 = fcmp ogt float %t49, %t50
  %t52 = fcmp uno float %t49, %t49
  %t53 = or i1 %t51, %t52
  %t54 = select i1 %t53, float %t49, float %t50
  %t55 = shufflevector <4 x float> %t35, <4 x float> poison, <2 x i32> <i32 0, i32 1>
  %t56 = shufflevector <4 x float> %t35, <4 x float> poison, <2 x i32> <i32 2, i32 3>
  %t57 = fcmp ogt <2 x float> %t55, %t56
  %t58 = fcmp uno <2 x float> %t55, %t55
  %t59 = or <2 x i1> %t57, %t58
  %t60 = select <2 x i1> %t59, <2 x float> %t55, <2 x float> %t56
  %t61 = extractelement <2 x float> %t60, i64 0
  %t62 = extractelement <2 x float> %t60, i64 1
  %t63 = fcmp ogt float %t61, %t62
  %t64 = fcmp uno float %t61, %t61
  %t65 = or i1 %t63, %t64
  %t66 = select i1 %t65, float %t61, float %t62
  %t67 = fcmp ogt float %t54, %t66
  %t68 = fcmp uno float %t54, %t54
  %t69 = or i1 %t67, %t68
  %t70 = select i1 %t69, float %t54, float %t66
  %t71 = fcmp ogt float %t70, %t34
  %t72 = fcmp uno float %t70, %t70
  %t73 = or i1 %t71, %t72
  %t74 = select i1 %t73, float %t70, float %t34
  %t75 = getelementptr float, ptr %a0, i64 %i4
  store float %t74, ptr %t75, align 4
  %next5 = add i64 %i4, 1
  br label %head1
exit3:
  ret i64 0
}

; exp
define internal i64 @loop.1(ptr %args, i64 %lo, i64 %hi, ptr %ctx) nounwind {
entry:
  %slot0 = getelementptr i8, ptr %args, i64 0
  %a0 = load ptr, ptr %slot0
  %slot1 = getelementptr i8, ptr %args, i64 8
  %a1 = load ptr, ptr %slot1
  %slot2 = getelementptr i8, ptr %args, i64 16
  %a2 = load ptr, ptr %slot2
  br label %head1
head1:
  %i4 = phi i64 [ 0, %entry ], [ %next5, %exit22 ]
  %t6 = icmp slt i64 %i4, 16
  br i1 %t6, label %body2, label %exit3
body2:
  %t7 = getelementptr float, ptr %a1, i64 %i4
  %t8 = load float, ptr %t7, align 4
  %t9 = mul i64 %i4, 10
  %t10 = getelementptr float, ptr %a2, i64 %t9
  %t11 = getelementptr float, ptr %t10, i64 0
  %t12 = load <8 x float>, ptr %t11, align 4
  %t13 = insertelement <8 x float> poison, float %t8, i64 0
  %t14 = shufflevector <8 x float> %t13, <8 x float> poison, <8 x i32> zeroinitializer
  %t15 = fsub <8 x float> %t12, %t14
  %t16 = call <8 x float> @denpa.exp.v8f32(<8 x float> %t15)
  %t17 = mul i64 %i4, 10
  %t18 = getelementptr float, ptr %a0, i64 %t17
  %t19 = getelementptr float, ptr %t18, i64 0
  store <8 x float> %t16, ptr %t19, align 4
  br label %head20
head20:
  %i23 = phi i64 [ 8, %body2 ], [ %next24, %body21 ]
  %t25 = icmp slt i64 %i23, 10
  br i1 %t25, label %body21, label %exit22
body21:
  %t26 = mul i64 %i4, 10
  %t27 = getelementptr float, ptr %a2, i64 %t26
  %t28 = getelementptr float, ptr %t27, i64 %i23
  %t29 = load float, ptr %t28, align 4
  %t30 = fsub float %t29, %t8
  %t31 = call float @denpa.exp.f32(float %t30)
  %t32 = mul i64 %i4, 10
  %t33 = getelementptr float, ptr %a0, i64 %t32
  %t34 = getelementptr float, ptr %t33, i64 %i23
  store float %t31, ptr %t34, align 4
  %next24 = add i64 %i23, 1
  br label %head20
exit22:
  %next5 = add i64 %i4, 1
  br label %head1
exit3:
  ret i64 0
}

; sum+log
define internal i64 @loop.2(ptr %args, i64 %lo, i64 %hi, ptr %ctx) nounwind {
entry:
  %slot0 = getelementptr i8, ptr %args, i64 0
  %a0 = load ptr, ptr %slot0
  %slot1 = getelementptr i8, ptr %args, i64 8
  %a1 = load ptr, ptr %slot1
  %v7 = alloca float
  %v8 = alloca <4 x float>
  %v9 = alloca <8 x float>
  %slot2 = getelementptr i8, ptr %args, i64 16
  %a2 = load ptr, ptr %slot2
  br label %head1
head1:
  %i4 = phi i64 [ 0, %entry ], [ %next5, %exit18 ]
  %t6 = icmp slt i64 %i4, 16
  br i1 %t6, label %body2, label %exit3
body2:
  store float 0x0000000000000000, ptr %v7
  store <4 x float> splat (float 0x0000000000000000), ptr %v8
  store <8 x float> splat (float 0x0000000000000000), ptr %v9
  %t10 = mul i64 %i4, 10
  %t11 = getelementptr float, ptr %a2, i64 %t10
  %t12 = getelementptr float, ptr %t11, i64 0
  %t13 = load <8 x float>, ptr %t12, align 4
  %t14 = load <8 x float>, ptr %v9
  %t15 = fadd <8 x float> %t14, %t13
  store <8 x float> %t15, ptr %v9
  br label %head16
head16:
  %i19 = phi i64 [ 8, %body2 ], [ %next20, %body17 ]
  %t21 = icmp slt i64 %i19, 10
  br i1 %t21, label %body17, label %exit18
body17:
  %t22 = mul i64 %i4, 10
  %t23 = getelementptr float, ptr %a2, i64 %t22
  %t24 = getelementptr float, ptr %t23, i64 %i19
  %t25 = load float, ptr %t24, align 4
  %t26 = load float, ptr %v7
  %t27 = fadd float %t26, %t25
  store float %t27, ptr %v7
  %next20 = add i64 %i19, 1
  br label %head16
exit18:
  %t28 = load float, ptr %v7
  %t29 = load <4 x float>, ptr %v8
  %t30 = load <8 x float>, ptr %v9
  %t31 = shufflevector <8 x float> %t30, <8 x float> poison, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %t32 = shufflevector <8 x float> %t30, <8 x float> poison, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %t33 = fadd <4 x float> %t31, %t32
  %t34 = shufflevector <4 x float> %t33, <4 x float> poison, <2 x i32> <i32 0, i32 1>
  %t35 = shufflevector <4 x float> %t33, <4 x float> poison, <2 x i32> <i32 2, i32 3>
  %t36 = fadd <2 x float> %t34, %t35
  %t37 = extractelement <2 x float> %t36, i64 0
  %t38 = extractelement <2 x float> %t36, i64 1
  %t39 = fadd float %t37, %t38
  %t40 = shufflevector <4 x float> %t29, <4 x float> poison, <2 x i32> <i32 0, i32 1>
  %t41 = shufflevector <4 x float> %t29, <4 x float> poison, <2 x i32> <i32 2, i32 3>
  %t42 = fadd <2 x float> %t40, %t41
  %t43 = extractelement <2 x float> %t42, i64 0
  %t44 = extractelement <2 x float> %t42, i64 1
  %t45 = fadd float %t43, %t44
  %t46 = fadd float %t39, %t45
  %t47 = fadd float %t46, %t28
  %t48 = getelementptr float, ptr %a0, i64 %i4
  store float %t47, ptr %t48, align 4
  %t49 = call float @denpa.log.f32(float %t47)
  %t50 = getelementptr float, ptr %a1, i64 %i4
  store float %t49, ptr %t50, align 4
  %next5 = add i64 %i4, 1
  br label %head1
exit3:
  ret i64 0
}

; sub
define internal i64 @loop.3(ptr %args, i64 %lo, i64 %hi, ptr %ctx) nounwind {
entry:
  %slot0 = getelementptr i8, ptr %args, i64 0
  %a0 = load ptr, ptr %slot0
  %slot1 = getelementptr i8, ptr %args, i64 8
  %a1 = load ptr, ptr %slot1
  %slot2 = getelementptr i8, ptr %args, i64 16
  %a2 = load ptr, ptr %slot2
  %slot3 = getelementptr i8, ptr %args, i64 24
  %a3 = load ptr, ptr %slot3
  br label %head1
head1:
  %i4 = phi i64 [ 0, %entry ], [ %next5, %exit26 ]
  %t6 = icmp slt i64 %i4, 16
  br i1 %t6, label %body2, label %exit3
body2:
  %t7 = getelementptr float, ptr %a1, i64 %i4
  %t8 = load float, ptr %t7, align 4
  %t9 = getelementptr float, ptr %a2, i64 %i4
  %t10 = load float, ptr %t9, align 4
  %t11 = mul i64 %i4, 10
  %t12 = getelementptr float, ptr %a3, i64 %t11
  %t13 = getelementptr float, ptr %t12, i64 0
  %t14 = load <8 x float>, ptr %t13, align 4
  %t15 = insertelement <8 x float> poison, float %t10, i64 0
  %t16 = shufflevector <8 x float> %t15, <8 x float> poison, <8 x i32> zeroinitializer
  %t17 = fsub <8 x float> %t14, %t16
  %t18 = insertelement <8 x float> poison, float %t8, i64 0
  %t19 = shufflevector <8 x float> %t18, <8 x float> poison, <8 x i32> zeroinitializer
  %t20 = fsub <8 x float> %t17, %t19
  %t21 = mul i64 %i4, 10
  %t22 = getelementptr float, ptr %a0, i64 %t21
  %t23 = getelementptr float, ptr %t22, i64 0
  store <8 x float> %t20, ptr %t23, align 4
  br label %head24
head24:
  %i27 = phi i64 [ 8, %body2 ], [ %next28, %body25 ]
  %t29 = icmp slt i64 %i27, 10
  br i1 %t29, label %body25, label %exit26
body25:
  %t30 = mul i64 %i4, 10
  %t31 = getelementptr float, ptr %a3, i64 %t30
  %t32 = getelementptr float, ptr %t31, i64 %i27
  %t33 = load float, ptr %t32, align 4
  %t34 = fsub float %t33, %t10
  %t35 = fsub float %t34, %t8
  %t36 = mul i64 %i4, 10
  %t37 = getelementptr float, ptr %a0, i64 %t36
  %t38 = getelementptr float, ptr %t37, i64 %i27
  store float %t35, ptr %t38, align 4
  %next28 = add i64 %i27, 1
  br label %head24
exit26:
  %next5 = add i64 %i4, 1
  br label %head1
exit3:
  ret i64 0
}

; sum+sub
define internal i64 @loop.4(ptr %args, i64 %lo, i64 %hi, ptr %ctx) nounwind {
entry:
  %slot0 = getelementptr i8, ptr %args, i64 0
  %a0 = load ptr, ptr %slot0
  %slot1 = getelementptr i8, ptr %args, i64 8
  %a1 = load ptr, ptr %slot1
  %v1 = alloca float
  %v2 = alloca <4 x float>
  %v3 = alloca <8 x float>
  %v4 = alloca <8 x float>
  %v5 = alloca float
  %v6 = alloca <4 x float>
  %v7 = alloca <8 x float>
  %v8 = alloca <8 x float>
  %slot2 = getelementptr i8, ptr %args, i64 16
  %a2 = load ptr, ptr %slot2
  %slot3 = getelementptr i8, ptr %args, i64 24
  %a3 = load ptr, ptr %slot3
  %slot4 = getelementptr i8, ptr %args, i64 32
  %a4 = load ptr, ptr %slot4
  %failed = alloca i64
  store i64 0, ptr %failed
  store float 0x0000000000000000, ptr %v1
  store <4 x float> splat (float 0x0000000000000000), ptr %v2
  store <8 x float> splat (float 0x0000000000000000), ptr %v3
  store <8 x float> splat (float 0x0000000000000000), ptr %v4
  store float 0x0000000000000000, ptr %v5
  store <4 x float> splat (float 0x0000000000000000), ptr %v6
  store <8 x float> splat (float 0x0000000000000000), ptr %v7
  store <8 x float> splat (float 0x0000000000000000), ptr %v8
  %t9 = add i64 0, 8
  %t10 = getelementptr i64, ptr %a2, i64 0
  %t11 = load <8 x i64>, ptr %t10, align 8
  %t12 = icmp eq <8 x i64> %t11, splat (i64 -100)
  %t13 = xor <8 x i1> %t12, splat (i1 true)
  %t14 = uitofp <8 x i1> %t13 to <8 x float>
  %t15 = load <8 x float>, ptr %v3
  %t16 = fadd <8 x float> %t15, %t14
  store <8 x float> %t16, ptr %v3
  %t17 = getelementptr i64, ptr %a2, i64 %t9
  %t18 = load <8 x i64>, ptr %t17, align 8
  %t19 = icmp eq <8 x i64> %t18, splat (i64 -100)
  %t20 = xor <8 x i1> %t19, splat (i1 true)
  %t21 = uitofp <8 x i1> %t20 to <8 x float>
  %t22 = load <8 x float>, ptr %v4
  %t23 = fadd <8 x float> %t22, %t21
  store <8 x float> %t23, ptr %v4
  %t24 = getelementptr i64, ptr %a3, i64 0
  %t25 = load <8 x i64>, ptr %t24, align 8
  %t26 = icmp slt <8 x i64> %t25, splat (i64 0)
  %t27 = add <8 x i64> %t25, splat (i64 16)
  %t28 = select <8 x i1> %t26, <8 x i64> %t27, <8 x i64> %t25
  %t29 = icmp uge <8 x i64> %t28, splat (i64 16)
  %t30 = bitcast <8 x i1> %t29 to i8
  %t31 = icmp ne i8 %t30, 0
  %t32 = load i64, ptr %failed
  %t33 = zext i1 %t31 to i64
  %t34 = or i64 %t32, %t33
  store i64 %t34, ptr %failed
  %t35 = select <8 x i1> %t29, <8 x i64> splat (i64 0), <8 x i64> %t28
  %t36 = mul <8 x i64> %t35, splat (i64 10)
  %t37 = select <8 x i1> %t12, <8 x i64> splat (i64 0), <8 x i64> %t11
  %t38 = icmp slt <8 x i64> %t37, splat (i64 0)
  %t39 = add <8 x i64> %t37, splat (i64 10)
  %t40 = select <8 x i1> %t38, <8 x i64> %t39, <8 x i64> %t37
  %t41 = icmp uge <8 x i64> %t40, splat (i64 10)
  %t42 = bitcast <8 x i1> %t41 to i8
  %t43 = icmp ne i8 %t42, 0
  %t44 = load i64, ptr %failed
  %t45 = zext i1 %t43 to i64
  %t46 = or i64 %t44, %t45
  store i64 %t46, ptr %failed
  %t47 = select <8 x i1> %t41, <8 x i64> splat (i64 0), <8 x i64> %t40
  %t48 = mul <8 x i64> %t47, splat (i64 1)
  %t49 = add <8 x i64> %t36, %t48
  %t50 = extractelement <8 x i64> %t49, i64 0
  %t51 = getelementptr float, ptr %a4, i64 %t50
  %t52 = load float, ptr %t51, align 4
  %t53 = extractelement <8 x i64> %t49, i64 1
  %t54 = getelementptr float, ptr %a4, i64 %t53
  %t55 = load float, ptr %t54, align 4
  %t56 = extractelement <8 x i64> %t49, i64 2
  %t57 = getelementptr float, ptr %a4, i64 %t56
  %t58 = load float, ptr %t57, align 4
  %t59 = extractelement <8 x i64> %t49, i64 3
  %t60 = getelementptr float, ptr %a4, i64 %t59
  %t61 = load float, ptr %t60, align 4
  %t62 = extractelement <8 x i64> %t49, i64 4
  %t63 = getelementptr float, ptr %a4, i64 %t62
  %t64 = load float, ptr %t63, align 4
  %t65 = extractelement <8 x i64> %t49, i64 5
  %t66 = getelementptr float, ptr %a4, i64 %t65
  %t67 = load float, ptr %t66, align 4
  %t68 = extractelement <8 x i64> %t49, i64 6
  %t69 = getelementptr float, ptr %a4, i64 %t68
  %t70 = load float, ptr %t69, align 4
  %t71 = extractelement <8 x i64> %t49, i64 7
  %t72 = getelementptr float, ptr %a4, i64 %t71
  %t73 = load float, ptr %t72, align 4
  %t74 = insertelement <8 x float> poison, float %t52, i64 0
  %t75 = insertelement <8 x float> %t74, float %t55, i64 1
  %t76 = insertelement <8 x float> %t75, float %t58, i64 2
  %t77 = insertelement <8 x float> %t76, float %t61, i64 3
  %t78 = insertelement <8 x float> %t77, float %t64, i64 4
  %t79 = insertelement <8 x float> %t78, float %t67, i64 5
  %t80 = insertelement <8 x float> %t79, float %t70, i64 6
  %t81 = insertelement <8 x float> %t80, float %t73, i64 7
  %t82 = select <8 x i1> %t12, <8 x float> splat (float 0x0000000000000000), <8 x float> %t81
  %t83 = load <8 x float>, ptr %v7
  %t84 = fadd <8 x float> %t83, %t82
  store <8 x float> %t84, ptr %v7
  %t85 = getelementptr i64, ptr %a3, i64 %t9
  %t86 = load <8 x i64>, ptr %t85, align 8
  %t87 = icmp slt <8 x i64> %t86, splat (i64 0)
  %t88 = add <8 x i64> %t86, splat (i64 16)
  %t89 = select <8 x i1> %t87, <8 x i64> %t88, <8 x i64> %t86
  %t90 = icmp uge <8 x i64> %t89, splat (i64 16)
  %t91 = bitcast <8 x i1> %t90 to i8
  %t92 = icmp ne i8 %t91, 0
  %t93 = load i64, ptr %failed
  %t94 = zext i1 %t92 to i64
  %t95 = or i64 %t93, %t94
  store i64 %t95, ptr %failed
  %t96 = select <8 x i1> %t90, <8 x i64> splat (i64 0), <8 x i64> %t89
  %t97 = mul <8 x i64> %t96, splat (i64 10)
  %t98 = select <8 x i1> %t19, <8 x i64> splat (i64 0), <8 x i64> %t18
  %t99 = icmp slt <8 x i64> %t98, splat (i64 0)
  %t100 = add <8 x i64> %t98, splat (i64 10)
  %t101 = select <8 x i1> %t99, <8 x i64> %t100, <8 x i64> %t98
  %t102 = icmp uge <8 x i64> %t101, splat (i64 10)
  %t103 = bitcast <8 x i1> %t102 to i8
  %t104 = icmp ne i8 %t103, 0
  %t105 = load i64, ptr %failed
  %t106 = zext i1 %t104 to i64
  %t107 = or i64 %t105, %t106
  store i64 %t107, ptr %failed
  %t108 = select <8 x i1> %t102, <8 x i64> splat (i64 0), <8 x i64> %t101
  %t109 = mul <8 x i64> %t108, splat (i64 1)
  %t110 = add <8 x i64> %t97, %t109
  %t111 = extractelement <8 x i64> %t110, i64 0
  %t112 = getelementptr float, ptr %a4, i64 %t111
  %t113 = load float, ptr %t112, align 4
  %t114 = extractelement <8 x i64> %t110, i64 1
  %t115 = getelementptr float, ptr %a4, i64 %t114
  %t116 = load float, ptr %t115, align 4
  %t117 = extractelement <8 x i64> %t110, i64 2
  %t118 = getelementptr float, ptr %a4, i64 %t117
  %t119 = load float, ptr %t118, align 4
  %t120 = extractelement <8 x i64> %t110, i64 3
  %t121 = getelementptr float, ptr %a4, i64 %t120
  %t122 = load float, ptr %t121, align 4
  %t123 = extractelement <8 x i64> %t110, i64 4
  %t124 = getelementptr float, ptr %a4, i64 %t123
  %t125 = load float, ptr %t124, align 4
  %t126 = extractelement <8 x i64> %t110, i64 5
  %t127 = getelementptr float, ptr %a4, i64 %t126
  %t128 = load float, ptr %t127, align 4
  %t129 = extractelement <8 x i64> %t110, i64 6
  %t130 = getelementptr float, ptr %a4, i64 %t129
  %t131 = load float, ptr %t130, align 4
  %t132 = extractelement <8 x i64> %t110, i64 7
  %t133 = getelementptr float, ptr %a4, i64 %t132
  %t134 = load float, ptr %t133, align 4
  %t135 = insertelement <8 x float> poison, float %t113, i64 0
  %t136 = insertelement <8 x float> %t135, float %t116, i64 1
  %t137 = insertelement <8 x float> %t136, float %t119, i64 2
  %t138 = insertelement <8 x float> %t137, float %t122, i64 3
  %t139 = insertelement <8 x float> %t138, float %t125, i64 4
  %t140 = insertelement <8 x float> %t139, float %t128, i64 5
  %t141 = insertelement <8 x float> %t140, float %t131, i64 6
  %t142 = insertelement <8 x float> %t141, float %t134, i64 7
  %t143 = select <8 x i1> %t19, <8 x float> splat (float 0x0000000000000000), <8 x float> %t142
  %t144 = load <8 x float>, ptr %v8
  %t145 = fadd <8 x float> %t144, %t143
  store <8 x float> %t145, ptr %v8
  %t146 = load float, ptr %v1
  %t147 = load <4 x float>, ptr %v2
  %t148 = load <8 x float>, ptr %v3
  %t149 = load <8 x float>, ptr %v4
  %t150 = fadd <8 x float> %t148, %t149
  %t151 = shufflevector <8 x float> %t150, <8 x float> poison, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %t152 = shufflevector <8 x float> %t150, <8 x float> poison, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %t153 = fadd <4 x float> %t151, %t152
  %t154 = shufflevector <4 x float> %t153, <4 x float> poison, <2 x i32> <i32 0, i32 1>
  %t155 = shufflevector <4 x float> %t153, <4 x float> poison, <2 x i32> <i32 2, i32 3>
  %t156 = fadd <2 x float> %t154, %t155
  %t157 = extractelement <2 x float> %t156, i64 0
  %t158 = extractelement <2 x float> %t156, i64 1
  %t159 = fadd float %t157, %t158
  %t160 = shufflevector <4 x float> %t147, <4 x float> poison, <2 x i32> <i32 0, i32 1>
  %t161 = shufflevector <4 x float> %t147, <4 x float> poison, <2 x i32> <i32 2, i32 3>
  %t162 = fadd <2 x float> %t160, %t161
  %t163 = extractelement <2 x float> %t162, i64 0
  %t164 = extractelement <2 x float> %t162, i64 1
  %t165 = fadd float %t163, %t164
  %t166 = fadd float %t159, %t165
  %t167 = fadd float %t166, %t146
  store float %t167, ptr %a0, align 4
  %t168 = load float, ptr %v5
  %t169 = load <4 x float>, ptr %v6
  %t170 = load <8 x float>, ptr %v7
  %t171 = load <8 x float>, ptr %v8
  %t172 = fadd <8 x float> %t170, %t171
  %t173 = shufflevector <8 x float> %t172, <8 x float> poison, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %t174 = shufflevector <8 x float> %t172, <8 x float> poison, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %t175 = fadd <4 x float> %t173, %t174
  %t176 = shufflevector <4 x float> %t175, <4 x float> poison, <2 x i32> <i32 0, i32 1>
  %t177 = shufflevector <4 x float> %t175, <4 x float> poison, <2 x i32> <i32 2, i32 3>
  %t178 = fadd <2 x float> %t176, %t177
  %t179 = extractelement <2 x float> %t178, i64 0
  %t180 = extractelement <2 x float> %t178, i64 1
  %t181 = fadd float %t179, %t180
  %t182 = shufflevector <4 x float> %t169, <4 x float> poison, <2 x i32> <i32 0, i32 1>
  %t183 = shufflevector <4 x float> %t169, <4 x float> poison, <2 x i32> <i32 2, i32 3>
  %t184 = fadd <2 x float> %t182, %t183
  %t185 = extractelement <2 x float> %t184, i64 0
  %t186 = extractelement <2 x float> %t184, i64 1
  %t187 = fadd float %t185, %t186
  %t188 = fadd float %t181, %t187
  %t189 = fadd float %t188, %t168
  %t190 = fcmp oeq float %t167, 0x0000000000000000
  %t191 = select i1 %t190, float 0x7FF8000000000000, float 0x0000000000000000
  %t192 = uitofp i1 %t190 to float
  %t193 = fadd float %t167, %t192
  %t194 = fdiv float %t189, %t193
  %t195 = fsub float %t191, %t194
  store float %t195, ptr %a1, align 4
  %status = load i64, ptr %failed
  ret i64 %status
}

; where
define internal i64 @loop.5(ptr %args, i64 %lo, i64 %hi, ptr %ctx) nounwind {
entry:
  %slot0 = getelementptr i8, ptr %args, i64 0
  %a0 = load ptr, ptr %slot0
  %slot1 = getelementptr i8, ptr %args, i64 8
  %a1 = load ptr, ptr %slot1
  %slot2 = getelementptr i8, ptr %args, i64 16
  %a2 = load ptr, ptr %slot2
  %slot3 = getelementptr i8, ptr %args, i64 24
  %a3 = load ptr, ptr %slot3
  %t1 = load float, ptr %a2, align 4
  %t2 = fcmp oeq float %t1, 0x0000000000000000
  %t3 = uitofp i1 %t2 to float
  %t4 = fadd float %t1, %t3
  %t5 = fdiv float 0xBFF0000000000000, %t4
  br label %head6
head6:
  %i9 = phi i64 [ 0, %entry ], [ %next10, %body7 ]
  %t11 = icmp slt i64 %i9, 16
  br i1 %t11, label %body7, label %exit8
body7:
  %t12 = getelementptr i64, ptr %a3, i64 %i9
  %t13 = load <8 x i64>, ptr %t12, align 8
  %t14 = icmp eq <8 x i64> %t13, splat (i64 -100)
  %t15 = insertelement <8 x float> poison, float %t5, i64 0
  %t16 = shufflevector <8 x float> %t15, <8 x float> poison, <8 x i32> zeroinitializer
  %t17 = select <8 x i1> %t14, <8 x float> splat (float 0x0000000000000000), <8 x float> %t16
  %t18 = select <8 x i1> %t14, <8 x i64> splat (i64 0), <8 x i64> %t13
  %t19 = icmp slt <8 x i64> %t18, splat (i64 0)
  %t20 = add <8 x i64> %t18, splat (i64 10)
  %t21 = select <8 x i1> %t19, <8 x i64> %t20, <8 x i64> %t18
  %t22 = getelementptr float, ptr %a0, i64 %i9
  store <8 x float> %t17, ptr %t22, align 4
  %t23 = getelementptr i64, ptr %a1, i64 %i9
  store <8 x i64> %t21, ptr %t23, align 8
  %next10 = add i64 %i9, 8
  br label %head6
exit8:
  ret i64 0
}

; mul
define internal i64 @loop.6(ptr %args, i64 %lo, i64 %hi, ptr %ctx) nounwind {
entry:
  %slot0 = getelementptr i8, ptr %args, i64 0
  %a0 = load ptr, ptr %slot0
  %slot1 = getelementptr i8, ptr %args, i64 8
  %a1 = load ptr, ptr %slot1
  %slot2 = getelementptr i8, ptr %args, i64 16
  %a2 = load ptr, ptr %slot2
  br label %head1
head1:
  %i4 = phi i64 [ 0, %entry ], [ %next5, %body2 ]
  %t6 = icmp slt i64 %i4, 16
  br i1 %t6, label %body2, label %exit3
body2:
  %t7 = getelementptr float, ptr %a1, i64 %i4
  %t8 = load <8 x float>, ptr %t7, align 4
  %t9 = fneg <8 x float> %t8
  %t10 = fadd <8 x float> %t9, splat (float 0x0000000000000000)
  %t11 = getelementptr float, ptr %a2, i64 %i4
  %t12 = load <8 x float>, ptr %t11, align 4
  %t13 = fdiv <8 x float> splat (float 0x3FF0000000000000), %t12
  %t14 = fmul <8 x float> %t10, %t13
  %t15 = getelementptr float, ptr %a0, i64 %i4
  store <8 x float> %t14, ptr %t15, align 4
  %next5 = add i64 %i4, 8
  br label %head1
exit3:
  ret i64 0
}

; add
define internal i64 @loop.7(ptr %args, i64 %lo, i64 %hi, ptr %ctx) nounwind {
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
  br label %head1
head1:
  %i4 = phi i64 [ 0, %entry ], [ %next5, %exit35 ]
  %t6 = icmp slt i64 %i4, 16
  br i1 %t6, label %body2, label %exit3
body2:
  %t7 = getelementptr float, ptr %a1, i64 %i4
  %t8 = load float, ptr %t7, align 4
  %t9 = getelementptr float, ptr %a2, i64 %i4
  %t10 = load float, ptr %t9, align 4
  %t11 = fadd float %t10, 0x0000000000000000
  %t12 = getelementptr i64, ptr %a3, i64 %i4
  %t13 = load i64, ptr %t12, align 8
  %t14 = insertelement <8 x i64> poison, i64 %t13, i64 0
  %t15 = shufflevector <8 x i64> %t14, <8 x i64> poison, <8 x i32> zeroinitializer
  %t16 = getelementptr i64, ptr %a4, i64 0
  %t17 = load <8 x i64>, ptr %t16, align 8
  %t18 = icmp eq <8 x i64> %t15, %t17
  %t19 = insertelement <8 x float> poison, float %t11, i64 0
  %t20 = shufflevector <8 x float> %t19, <8 x float> poison, <8 x i32> zeroinitializer
  %t21 = select <8 x i1> %t18, <8 x float> %t20, <8 x float> splat (float 0x0000000000000000)
  %t22 = insertelement <8 x float> poison, float %t8, i64 0
  %t23 = shufflevector <8 x float> %t22, <8 x float> poison, <8 x i32> zeroinitializer
  %t24 = mul i64 %i4, 10
  %t25 = getelementptr float, ptr %a5, i64 %t24
  %t26 = getelementptr float, ptr %t25, i64 0
  %t27 = load <8 x float>, ptr %t26, align 4
  %t28 = fmul <8 x float> %t23, %t27
  %t29 = fadd <8 x float> %t21, %t28
  %t30 = mul i64 %i4, 10
  %t31 = getelementptr float, ptr %a0, i64 %t30
  %t32 = getelementptr float, ptr %t31, i64 0
  store <8 x float> %t29, ptr %t32, align 4
  br label %head33
head33:
  %i36 = phi i64 [ 8, %body2 ], [ %next37, %body34 ]
  %t38 = icmp slt i64 %i36, 10
  br i1 %t38, label %body34, label %exit35
body34:
  %t39 = getelementptr i64, ptr %a4, i64 %i36
  %t40 = load i64, ptr %t39, align 8
  %t41 = icmp eq i64 %t13, %t40
  %t42 = select i1 %t41, float %t11, float 0x0000000000000000
  %t43 = mul i64 %i4, 10
  %t44 = getelementptr float, ptr %a5, i64 %t43
  %t45 = getelementptr float, ptr %t44, i64 %i36
  %t46 = load float, ptr %t45, align 4
  %t47 = fmul float %t8, %t46
  %t48 = fadd float %t42, %t47
  %t49 = mul i64 %i4, 10
  %t50 = getelementptr float, ptr %a0, i64 %t49
  %t51 = getelementptr float, ptr %t50, i64 %i36
  store float %t48, ptr %t51, align 4
  %next37 = add i64 %i36, 1
  br label %head33
exit35:
  %next5 = add i64 %i4, 1
  br label %head1
exit3:
  ret i64 0
}
